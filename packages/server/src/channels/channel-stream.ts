import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { HlsOutputSettings, OutputReport } from '@proscenium/media';
import { parseArn } from '@proscenium/model';
import type { Logger } from 'pino';
import { type AlarmClock, wait } from '../clock.ts';
import type { LastingOutput, OutputState, TellState } from '../compositions/outputs/composition-output.ts';
import {
  type DestinationFailure,
  destinationFailure,
  outputFailure,
} from '../compositions/outputs/destination-failure.ts';
import { FlowState } from '../compositions/outputs/flow-state.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { LiveUploads } from './live-uploads.ts';

/** What is to be known of a stream to go on with it, or to remove it, after the server was killed. */
export interface ChannelStreamRecord {
  /** Or the id of the stream, where an encoder sends it. */
  readonly compositionId: string;
  readonly destinationId: string;
  readonly channelArn: string;
  /** What the key of every object begins with; a slash follows. */
  readonly prefix: string;
  readonly rendition: string;
}

export interface ChannelStreamParts {
  readonly objects: Pick<ObjectStore, 'check' | 'put' | 'delete'>;
  readonly bucketName: string;
  /** In which each stream has a folder. */
  readonly folder: string;
  /** Whether a composition other than this one goes to the channel now. */
  readonly isTakenByAnother: (channelArn: string, compositionId: string) => boolean;
  readonly clock: AlarmClock;
  readonly logger: Logger;
}

export interface ChannelStreamOptions extends ChannelStreamParts {
  /** Something is about to be sent; called again for each composer after the first. */
  readonly onOpen?: (() => void) | undefined;
  /** Called with every change of its state, from its first opening on. */
  readonly onState?: ((state: OutputState) => void) | undefined;
  /** Nothing is left of it. */
  readonly onDone: () => void;
}

const TARGET_SEGMENT_SECONDS = 2;
const WINDOW_SEGMENTS = 6;
/** RFC 8216 §6.2.2: for as long as the playlist lasted that named a segment last. */
const KEPT_SEGMENTS = WINDOW_SEGMENTS + 1;
/** So long a stream that has ended can be played on: those who watch are behind it. */
const LINGER_MS = 60_000;
/** So long the end waits for the last of it to go out. */
const FINISH_MS = 10_000;

const RECORD_FILE = 'channel.json';
const MEDIA_FOLDER = 'media/hls/';
const MULTIVARIANT_FILE = 'multivariant.m3u8';
const PLAYLIST_FILE = 'playlist.m3u8';

/** A channel of this server: HLS whose newest segments are in the object store. */
export class ChannelStream implements LastingOutput {
  readonly #record: ChannelStreamRecord;
  readonly #options: ChannelStreamOptions;
  readonly #logger: Logger;
  readonly #folder: string;
  readonly #uploads: LiveUploads;
  readonly #state = new FlowState(false);
  #finished: Promise<void> | undefined;
  #removing: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(record: ChannelStreamRecord, options: ChannelStreamOptions) {
    const { compositionId, destinationId, channelArn } = record;
    this.#record = record;
    this.#options = options;
    this.#logger = options.logger.child({ compositionId, destinationId, channelArn });
    this.#folder = join(options.folder, `${compositionId}-${destinationId}`);
    this.#uploads = this.#uploadsOf(options);
  }

  get compositionId(): string {
    return this.#record.compositionId;
  }

  get destinationId(): string {
    return this.#record.destinationId;
  }

  async open(tell: TellState): Promise<HlsOutputSettings | undefined> {
    this.#tellTo(tell);
    this.#options.onOpen?.();
    try {
      await this.#options.objects.check(this.#bucket);
      await mkdir(this.#files, { recursive: true, mode: 0o700 });
      await writeRecord(this.#folder, this.#record);
    } catch (error) {
      this.fail(error);
      return undefined;
    }
    return {
      type: 'hls',
      folder: this.#files,
      rendition: this.#record.rendition,
      targetSegmentDurationSeconds: TARGET_SEGMENT_SECONDS,
      windowSegments: WINDOW_SEGMENTS,
    };
  }

  takeReport(report: OutputReport): void {
    if (report.state === 'FAILED') this.#give(report, outputFailure(report));
    else if (report.state !== 'STOPPED') this.#state.compose(report.state);
  }

  takeFile(path: string): void {
    if (path.startsWith(MEDIA_FOLDER)) this.#uploads.add(path.slice(MEDIA_FOLDER.length));
  }

  takeGone(path: string): void {
    if (path.startsWith(MEDIA_FOLDER)) this.#uploads.giveUp(path.slice(MEDIA_FOLDER.length));
  }

  takeDuration(): void {}

  fail(cause: unknown): void {
    this.#give(cause, destinationFailure(cause));
  }

  finish(tell: TellState, signal: AbortSignal): Promise<void> {
    this.#tellTo(tell);
    this.#finished ??= this.#finish(AbortSignal.any([signal, this.#closing.signal]));
    return this.#finished;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#uploads.close();
    await this.#removing;
  }

  async #finish(signal: AbortSignal): Promise<void> {
    if (this.#state.wasActive) await this.#endPlaylist();
    const isOut = new AbortController();
    const settled = this.#uploads.settled().then(() => isOut.abort());
    await wait(this.#options.clock, FINISH_MS, AbortSignal.any([signal, isOut.signal]));
    await this.#uploads.close();
    await settled;
    signal.throwIfAborted();
    this.#state.stop();
    this.#removing = this.#remove();
  }

  /** Lets players come to an end, who would look for more otherwise until everything is gone. RFC 8216 §4.3.3.4 */
  async #endPlaylist(): Promise<void> {
    const playlist = `${this.#record.rendition}/${PLAYLIST_FILE}`;
    try {
      await appendFile(join(this.#files, MEDIA_FOLDER, playlist), '#EXT-X-ENDLIST\n');
      this.#uploads.add(playlist);
    } catch (error) {
      this.#logger.warn({ err: error }, 'the playlist of a channel could not be ended');
    }
  }

  /** What is not removed now is by the next start. */
  async #remove(): Promise<void> {
    const { clock, objects, onDone, isTakenByAnother } = this.#options;
    const { signal } = this.#closing;
    try {
      // Somebody may watch it, who is not to lose it at once.
      if (this.#state.wasActive) await wait(clock, LINGER_MS, signal);
      signal.throwIfAborted();
      const { channelArn, prefix, compositionId } = this.#record;
      for (const file of await filesIn(join(this.#files, MEDIA_FOLDER))) {
        // The next stream of the channel may have begun.
        if (file === MULTIVARIANT_FILE && isTakenByAnother(channelArn, compositionId)) continue;
        await objects.delete({ ...this.#bucket, key: `${prefix}/${file}` }, { signal });
      }
      await rm(this.#folder, { recursive: true, force: true });
      onDone();
    } catch (error) {
      if (!signal.aborted) this.#logger.error({ err: error }, 'the stream of a channel could not be removed');
    }
  }

  #uploadsOf({ objects, clock }: ChannelStreamOptions): LiveUploads {
    return new LiveUploads({
      objects,
      clock,
      bucket: this.#bucket,
      folder: join(this.#files, MEDIA_FOLDER),
      prefix: this.#record.prefix,
      keptFiles: KEPT_SEGMENTS,
      onFlowing: () => this.#state.flow(true),
      onStalled: () => this.#state.flow(false),
      onFailed: (cause) => this.fail(cause),
    });
  }

  #tellTo(tell: TellState): void {
    const { onState } = this.#options;
    this.#state.tellTo((state) => {
      onState?.(state);
      tell(state);
    });
  }

  #give(cause: unknown, failure: DestinationFailure): void {
    this.#logger.error({ err: cause }, 'the stream of a channel failed');
    this.#state.fail(failure);
  }

  get #files(): string {
    return join(this.#folder, 'files');
  }

  get #bucket(): { account: string; bucket: string } {
    return { account: parseArn(this.#record.channelArn)?.account ?? '', bucket: this.#options.bucketName };
  }
}

/** What an earlier run of the server has left. */
export async function readChannelStreams(folder: string): Promise<ChannelStreamRecord[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const records = [];
  for (const name of await readdir(folder)) {
    const record = await readRecord(join(folder, name));
    if (record === undefined) await rm(join(folder, name), { recursive: true });
    else records.push(record);
  }
  return records;
}

async function writeRecord(folder: string, record: ChannelStreamRecord): Promise<void> {
  const file = join(folder, RECORD_FILE);
  await writeFile(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Undefined where the server was killed before anything was there. */
async function readRecord(folder: string): Promise<ChannelStreamRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, RECORD_FILE), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(emptyIfMissing);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

function emptyIfMissing(error: NodeJS.ErrnoException): [] {
  if (error.code !== 'ENOENT') throw error;
  return [];
}
