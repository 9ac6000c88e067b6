import type { MediaKind } from '../../webrtc/remote-description.ts';

/** Between two looks. */
export const TICK_MS = 50;
/** Half a second, as what comes between two looks counts from the next one on. */
const SILENT_TICKS = 9;
const PROVEN_TICKS = 1_000 / TICK_MS;
const LOST_TICKS = 2_000 / TICK_MS;
/** Who was whole for long, and silent for a moment, has half as long to prove. */
const TRUSTED_TICKS = PROVEN_TICKS / 2;

/**
 * Whether an encoder's picture and sound both come, by looks at even intervals rather than by a clock: what holds up this
 * program holds up its looks as well, and makes nobody silent.
 */
export class EncoderHealth {
  readonly #silentTicks: Record<MediaKind, number> = { audio: Infinity, video: Infinity };
  #wholeTicks = 0;

  heard(kind: MediaKind): void {
    this.#silentTicks[kind] = 0;
  }

  tick(): void {
    this.#silentTicks.audio += 1;
    this.#silentTicks.video += 1;
    if (this.isLost) this.#wholeTicks = 0;
    else if (this.isSilent) this.#wholeTicks = Math.min(this.#wholeTicks, TRUSTED_TICKS);
    else this.#wholeTicks += 1;
  }

  /** One of the two has not come for a while. */
  get isSilent(): boolean {
    return this.#longest > SILENT_TICKS;
  }

  /** So it has been for long. */
  get isLost(): boolean {
    return this.#longest > LOST_TICKS;
  }

  /** Both have come for some time. */
  get isProven(): boolean {
    return this.#wholeTicks >= PROVEN_TICKS;
  }

  get #longest(): number {
    return Math.max(this.#silentTicks.audio, this.#silentTicks.video);
  }
}
