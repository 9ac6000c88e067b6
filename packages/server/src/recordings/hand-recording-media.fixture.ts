import { EventEmitter } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Publication, RecordingOptions } from '@proscenium/media';
import type { RecordingJob, RecordingJobEvents, RecordingMedia } from './recording-media.ts';

/** A job that writes what it is told to write. */
export class HandRecordingJob extends EventEmitter<RecordingJobEvents> implements RecordingJob {
  readonly publication: Publication;
  readonly options: RecordingOptions;
  /** How often it was told to stop. */
  stops = 0;
  /** What stopping comes to. Replace it before. */
  end: () => Promise<void> = async () => {};

  constructor(publication: Publication, options: RecordingOptions) {
    super();
    this.publication = publication;
    this.options = options;
  }

  /** Writes a file below the folder and tells of it. */
  async write(path: string, { final }: { final: boolean }, content: string | Buffer = 'media'): Promise<void> {
    await writeBelow(this.options.folder, path, content);
    this.emit('file', { path, final });
  }

  stop(): Promise<void> {
    this.stops += 1;
    return this.end();
  }
}

/** A recorder that is driven by hand. */
export class HandRecordingMedia implements RecordingMedia {
  /** All that were begun, oldest first. */
  readonly jobs: HandRecordingJob[] = [];
  /** Set to make the next ones fail. */
  failure: Error | undefined;
  /** What closing any folder finds. */
  #closed: { durationMs: number; files: readonly string[] } = { durationMs: 0, files: [] };
  /** Which were closed, oldest first. */
  readonly closedFolders: string[] = [];
  /** What was lost of the one that was closed last. */
  lost: readonly string[] = [];

  /** The newest job. @throws when there is none */
  get job(): HandRecordingJob {
    const job = this.jobs.at(-1);
    if (job === undefined) throw new Error('Nothing is being recorded');
    return job;
  }

  async record(publication: Publication, options: RecordingOptions): Promise<HandRecordingJob> {
    if (this.failure) throw this.failure;
    const job = new HandRecordingJob(publication, options);
    this.jobs.push(job);
    return job;
  }

  /** Writes files into the folder of the newest job, which closing it then finds. */
  async holds(files: readonly string[], { durationMs }: { durationMs: number }): Promise<void> {
    for (const file of files) await writeBelow(this.job.options.folder, file, 'media');
    this.#closed = { durationMs, files };
  }

  async closeFolder(
    folder: string,
    lost: ReadonlySet<string>,
  ): Promise<{ durationMs: number; files: readonly string[] }> {
    this.closedFolders.push(folder);
    this.lost = [...lost];
    return this.#closed;
  }
}

async function writeBelow(folder: string, path: string, content: string | Buffer): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
