import { EventEmitter } from 'node:events';
import { folderLayout } from '../../recording/folder-layout.ts';
import { RecordingFolder } from '../../recording/recording-folder.ts';
import { RecordingFault } from '../../recording/recording-options.ts';
import { Thumbnails } from '../../recording/thumbnails.ts';
import type { HlsOutputSettings } from '../composition-options.ts';
import type { EncodedPicture, EncodedSound, Output, OutputEvents, OutputStart } from './output.ts';
import { Segmenter, wholeGroupsSeconds } from './segmenter.ts';

/** A live playlist ought to hold three target durations at least (RFC 8216 §6.3.3). */
const LEAST_WINDOW_SEGMENTS = 3;
/** So long what is to be written at the end may take. */
const CLOSE_TIMEOUT_MS = 4_500;

/** Writes HLS into a folder: a recording, or a live stream of which the newest segments stay. */
export class HlsOutput extends EventEmitter<OutputEvents> implements Output {
  /** Never any: a disk that is too slow fails it. */
  readonly droppedPictures = 0;
  readonly #folder: RecordingFolder;
  readonly #segmenter: Segmenter;
  readonly #thumbnails: Thumbnails | undefined;
  #state: 'STARTING' | 'ACTIVE' | 'ENDED' = 'STARTING';
  #closing: Promise<void> | undefined;

  private constructor(settings: HlsOutputSettings, start: OutputStart, folder: RecordingFolder) {
    super();
    this.#folder = folder;
    const maximumDurationSeconds = folder.targetDurationSeconds;
    this.#segmenter = new Segmenter({
      start,
      targetDurationSeconds: Math.min(
        wholeGroupsSeconds(settings.targetSegmentDurationSeconds),
        maximumDurationSeconds,
      ),
      maximumDurationSeconds,
      onSegment: (segment) => folder.add(segment),
    });
    const { thumbnails } = settings;
    this.#thumbnails =
      thumbnails &&
      new Thumbnails({
        targetIntervalSeconds: thumbnails.targetIntervalSeconds,
        onThumbnail: (jpeg) => folder.addThumbnail(jpeg, thumbnails.storage),
        requestKeyFrame: () => {}, // They come by themselves.
        onFailed: (error) => this.#fail(new RecordingFault('INTERNAL', 'A thumbnail cannot be made', { cause: error })),
      });
    folder.on('file', (path, final) => this.#tell('file', { path, final }));
    folder.on('gone', (path) => this.#tell('gone', path));
    folder.on('durationchanged', (durationMs) => this.#tellDuration(durationMs));
    folder.on('failed', (fault) => this.#fail(fault));
  }

  /**
   * @throws {RangeError} for settings that cannot be
   * @throws when what was recorded in the folder earlier cannot be read
   */
  static async open(settings: HlsOutputSettings, start: OutputStart): Promise<HlsOutput> {
    const { folder, rendition, targetSegmentDurationSeconds, windowSegments } = settings;
    if (!(targetSegmentDurationSeconds >= 1 && targetSegmentDurationSeconds <= 60)) {
      throw new RangeError('A target duration of segments is 1 to 60 seconds');
    }
    if (
      windowSegments !== undefined &&
      !(Number.isSafeInteger(windowSegments) && windowSegments >= LEAST_WINDOW_SEGMENTS)
    ) {
      throw new RangeError('A live playlist has 3 segments or more');
    }
    const layout = folderLayout({ rendition, thumbnails: `${start.width}x${start.height}` });
    const opened = await RecordingFolder.open(folder, {
      layout,
      targetDurationSeconds: wholeGroupsSeconds(targetSegmentDurationSeconds),
      ...(windowSegments !== undefined && { windowSegments }),
    });
    return new HlsOutput(settings, start, opened);
  }

  takePicture(picture: EncodedPicture): void {
    if (this.#state === 'ENDED' || this.#closing) return;
    this.#segmenter.picture(picture);
    const { config, units, timeMs } = picture;
    if (!config) return;
    const { sequenceParameterSets, pictureParameterSets } = config;
    this.#thumbnails?.offer('h264', [...sequenceParameterSets, ...pictureParameterSets, ...units], timeMs);
  }

  takeSound(sound: EncodedSound): void {
    if (this.#state === 'ENDED' || this.#closing) return;
    this.#segmenter.sound(sound);
  }

  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  async #finish(): Promise<void> {
    if (this.#state !== 'ENDED') this.#segmenter.end();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
    await Promise.race([this.#settled(), late]);
    clearTimeout(timer);
    this.#end({ state: 'STOPPED' });
  }

  async #settled(): Promise<void> {
    await this.#thumbnails?.settled();
    await this.#folder.settled();
  }

  #tellDuration(durationMs: number): void {
    if (this.#state === 'STARTING') {
      this.#state = 'ACTIVE';
      this.emit('report', { state: 'ACTIVE' });
    }
    this.#tell('durationchanged', durationMs);
  }

  #tell<Name extends 'file' | 'gone' | 'durationchanged'>(name: Name, value: OutputEvents[Name][0]): void {
    if (this.#state !== 'ENDED') this.emit<string>(name, value);
  }

  #fail({ code, message, stack, cause }: RecordingFault): void {
    process.stderr.write(`An HLS output fails: ${stack}\n${cause instanceof Error ? `Cause: ${cause.stack}\n` : ''}`);
    this.#end({ state: 'FAILED', code: code === 'DISK_FULL' ? code : 'INTERNAL', message });
  }

  /** Nothing is told after it. */
  #end(report: OutputEvents['report'][0]): void {
    if (this.#state === 'ENDED') return;
    this.#state = 'ENDED';
    this.emit('report', report);
  }
}
