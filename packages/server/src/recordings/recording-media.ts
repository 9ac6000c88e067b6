import type { EventEmitter } from 'node:events';
import type { Publication, RecordingOptions } from '@proscenium/media';

export interface RecordingJobEvents {
  /** A file was written: relative to the folder, with slashes. `final`: never again. */
  file: [{ path: string; final: boolean }];
  /** It goes on no more. `code` says why. */
  failed: [fault: Error];
}

/** The recording of one publish. */
export interface RecordingJob extends Pick<EventEmitter<RecordingJobEvents>, 'on'> {
  /** Writes what there is. The folder can be gone on with. Takes a bounded time. */
  stop(): Promise<void>;
}

/** What writes the media of publishers into folders. */
export interface RecordingMedia {
  /** @throws an error with a `code` when it cannot be recorded */
  record(publication: Publication, options: RecordingOptions): Promise<RecordingJob>;
  /**
   * Ends a folder for good, whatever became of its jobs. `files` are what it holds.
   *
   * @param lost files of it that nobody will find: neither they nor what comes after them counts
   */
  closeFolder(folder: string, lost: ReadonlySet<string>): Promise<{ durationMs: number; files: readonly string[] }>;
}
