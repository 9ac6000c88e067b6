import { CanvasEncoder, PRESETS, type Preset } from '../../codec/canvas-encoder.ts';
import type { PictureSettings } from '../composition-options.ts';
import { type EncodedPicture, framesPerKeyFrame } from '../output/output.ts';
import { type FilledTile, Painting } from './painting.ts';
import { PresetLadder } from './preset-ladder.ts';
import { TickClock } from './tick-clock.ts';

export interface PictureTrackOptions {
  readonly settings: PictureSettings;
  /** When time 0 was, by `performance.now()`. */
  readonly beginMs: number;
  /** How long after its capture content is shown. */
  delayMs(): number;
  /** What is to be seen now. */
  tiles(): readonly FilledTile[];
  onPicture(picture: EncodedPicture): void;
  /** It has stopped: the encoder failed. */
  onFailed(error: unknown): void;
  /** @default by what is late */
  readonly ladder?: Pick<PresetLadder<Preset>, 'preset' | 'observe'>;
}

/** Since the start. */
export interface PictureStatistics {
  readonly pictures: number;
  /** Of these: begun more than half a frame's time late. */
  readonly latePictures: number;
  /** Left out, because it was too late for them. */
  readonly skippedPictures: number;
  /** x264's. */
  readonly preset: Preset;
}

/**
 * Composes and encodes pictures at a constant rate. What it is too late for is left out, never made up for; the preset
 * follows how much time there is. Key frames come each two seconds of pictures, whichever were left out.
 */
export class PictureTrack {
  readonly #options: PictureTrackOptions;
  readonly #clock: TickClock;
  readonly #ladder: Pick<PresetLadder<Preset>, 'preset' | 'observe'>;
  readonly #painting: Painting;
  readonly #framesPerKeyFrame: number;
  #encoder: CanvasEncoder | undefined;
  #nextEncoder: Promise<CanvasEncoder> | undefined;
  /** The last one that was encoded. */
  #encoded = -1;
  #keyFrameWanted = true;
  #active = true;
  #running: Promise<void> | undefined;
  #closed = false;
  /** Ends the wait for the next picture. */
  #wake: () => void = () => undefined;
  readonly #counted = { pictures: 0, latePictures: 0, skippedPictures: 0 };

  /** @throws {CodecFailure} */
  constructor(options: PictureTrackOptions) {
    const { settings, beginMs } = options;
    this.#options = options;
    this.#clock = new TickClock({ beginMs, framesPerSecond: settings.framesPerSecond });
    this.#ladder = options.ladder ?? new PresetLadder(PRESETS, this.#clock.periodMs);
    this.#framesPerKeyFrame = framesPerKeyFrame(settings.framesPerSecond);
    this.#painting = new Painting(settings);
  }

  get statistics(): PictureStatistics {
    return { ...this.#counted, preset: this.#encoder?.preset ?? this.#ladder.preset };
  }

  start(): void {
    this.#running ??= this.#run().catch((error) => {
      this.#closed = true;
      this.#options.onFailed(error);
    });
  }

  /** Nothing is made while it is not active; after it, there is a key frame first. */
  setActive(active: boolean): void {
    if (active === this.#active) return;
    this.#active = active;
    this.#keyFrameWanted = true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#running;
    this.#encoder?.close();
    this.#encoder = undefined;
    await this.#nextEncoder?.then(
      (encoder) => encoder.close(),
      () => undefined, // it has closed itself
    );
    this.#nextEncoder = undefined;
    this.#painting.close();
  }

  async #run(): Promise<void> {
    let skipped = 0;
    let frameNumber = Math.max(0, this.#clock.newestDue(performance.now()) + 1);
    while (!this.#closed) {
      await this.#due(frameNumber);
      if (this.#closed) break;
      if (this.#active) await this.#make(frameNumber, skipped);
      const next = this.#clock.after(frameNumber, performance.now());
      skipped = this.#active ? next - frameNumber - 1 : 0;
      frameNumber = next;
    }
  }

  async #due(frameNumber: number): Promise<void> {
    const waitMs = this.#clock.dueMs(frameNumber) - performance.now();
    // Sockets are read before: what they hold may be due as well, and is decoded meanwhile. They are read after timers, and
    // before what is immediate; when there was no timer, they may have been read before we came.
    await (waitMs > 0 ? this.#sleep(waitMs) : immediate());
    await immediate();
  }

  #sleep(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #make(frameNumber: number, skipped: number): Promise<void> {
    const { tiles, delayMs, onPicture } = this.#options;
    const beganMs = performance.now();
    const dueMs = this.#clock.dueMs(frameNumber);
    const late = beganMs - dueMs > this.#clock.periodMs / 2;
    const keyFrame = this.#keyFrameWanted || this.#keyFrameIsDue(frameNumber);
    this.#keyFrameWanted = false;
    const encoder = await this.#encoderFor(keyFrame);
    await this.#painting.paint(tiles(), dueMs - delayMs());
    const picture = await encoder.encode(this.#painting.canvas, frameNumber, keyFrame ? 'key frame' : 'any');
    this.#encoded = frameNumber;
    this.#count(late, skipped);
    this.#ladder.observe({ late, skipped, workMs: performance.now() - beganMs }, beganMs);
    if (this.#active) {
      const config = picture.keyFrame ? encoder.config : undefined;
      onPicture({ timeMs: this.#clock.timeMs(frameNumber), ...picture, config });
    }
    this.#prepareEncoder(encoder);
  }

  #keyFrameIsDue(frameNumber: number): boolean {
    const group = (each: number) => Math.floor(each / this.#framesPerKeyFrame);
    return group(frameNumber) !== group(this.#encoded);
  }

  /** Another encoder takes over with a key frame. */
  async #encoderFor(keyFrame: boolean): Promise<CanvasEncoder> {
    if (this.#encoder && !(keyFrame && this.#nextEncoder)) return this.#encoder;
    const next = await (this.#nextEncoder ?? this.#openEncoder());
    this.#nextEncoder = undefined;
    this.#encoder?.close();
    this.#encoder = next;
    return next;
  }

  /** Opens one of the preset that there is time for before it is needed. */
  #prepareEncoder({ preset }: CanvasEncoder): void {
    if (this.#nextEncoder || preset === this.#ladder.preset) return;
    this.#nextEncoder = this.#openEncoder();
    // Whoever takes it is told of the error.
    this.#nextEncoder.catch(() => undefined);
  }

  #openEncoder(): Promise<CanvasEncoder> {
    return CanvasEncoder.open({ ...this.#options.settings, preset: this.#ladder.preset });
  }

  #count(late: boolean, skipped: number): void {
    this.#counted.pictures += 1;
    this.#counted.latePictures += late ? 1 : 0;
    this.#counted.skippedPictures += skipped;
  }
}

function immediate(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
