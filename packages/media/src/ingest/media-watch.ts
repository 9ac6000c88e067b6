import type { MediaKind } from '../webrtc/remote-description.ts';

/** How long sound or picture may be missing. */
const MISSING_AFTER_MS = 10_000;
/** Of the other: where neither comes, it is the connection that is missing. */
const PRESENT_FOR_MS = 5_000;
/** Later than a connection ends on which nothing comes at all: whatever comes on this one is of no use. */
const BOTH_MISSING_AFTER_MS = 35_000;

/** Notices that of sound and picture only one comes, or neither for long. */
export class MediaWatch {
  readonly #lastMs: Record<MediaKind, number>;

  constructor(nowMs: number) {
    this.#lastMs = { audio: nowMs, video: nowMs };
  }

  heard(kind: MediaKind, nowMs: number): void {
    this.#lastMs[kind] = nowMs;
  }

  /** What does not come that should. */
  missing(nowMs: number): readonly MediaKind[] {
    const silentMs = { audio: nowMs - this.#lastMs.audio, video: nowMs - this.#lastMs.video };
    if (Math.min(silentMs.audio, silentMs.video) >= BOTH_MISSING_AFTER_MS) return ['audio', 'video'];
    if (silentMs.audio >= MISSING_AFTER_MS && silentMs.video <= PRESENT_FOR_MS) return ['audio'];
    return silentMs.video >= MISSING_AFTER_MS && silentMs.audio <= PRESENT_FOR_MS ? ['video'] : [];
  }
}
