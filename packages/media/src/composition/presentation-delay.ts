/** One stream, as it tells when its pieces were ready to be shown or heard. */
export interface LatenessSource {
  /** @param latenessMs since it was captured, by the clock of its sender */
  observe(latenessMs: number, nowMs: number): void;
  release(): void;
}

const BEGINNING_MS = 60;
const MINIMUM_MS = 40;
/** Nobody waits longer for anybody: who comes later is seen late, and heard not at all. */
const MAXIMUM_MS = 500;
/** What is just ready is not always found at once. */
const MARGIN_MS = 10;
/** Heard by nobody, as sound is slowed down and sped up with it. */
const FALL_MS_PER_SECOND = 5;
/** One piece of a hundred may come too late: one that does raises by so much, each other one lowers by a hundredth. */
const RAISE_MS = 10;
const LATE_SHARE = 0.01;
/** What is silent for longer is not waited for. */
const FORGOTTEN_AFTER_MS = 5_000;

/**
 * How long after its capture everything is shown: as short as it can be without anybody's pictures and sound coming too late,
 * one for all, so that everybody stays together. A single late piece moves it by little; it rises at once and falls slowly.
 */
export class PresentationDelay {
  readonly #sources = new Set<Lateness>();
  #ms = BEGINNING_MS;
  #advancedMs: number | undefined;

  get ms(): number {
    return this.#ms;
  }

  source(): LatenessSource {
    const lateness = new Lateness();
    this.#sources.add(lateness);
    return {
      observe: (latenessMs, nowMs) => lateness.observe(latenessMs, nowMs),
      release: () => this.#sources.delete(lateness),
    };
  }

  /** To be called some times a second. */
  advance(nowMs: number): void {
    const elapsedMs = nowMs - (this.#advancedMs ?? nowMs);
    this.#advancedMs = nowMs;
    const needed = [...this.#sources].map((source) => source.neededMs(nowMs) ?? 0);
    // With nobody, it stays for those who come.
    const targetMs = needed.length === 0 ? this.#ms : Math.max(...needed) + MARGIN_MS;
    const fallenMs = this.#ms - (FALL_MS_PER_SECOND * elapsedMs) / 1_000;
    this.#ms = Math.max(MINIMUM_MS, Math.min(MAXIMUM_MS, Math.max(targetMs, fallenMs)));
  }
}

/** What all but a hundredth of the pieces of one stream stay below. */
class Lateness {
  #levelMs: number | undefined;
  #observedMs = -Infinity;

  observe(latenessMs: number, nowMs: number): void {
    this.#observedMs = nowMs;
    this.#levelMs ??= Math.min(latenessMs, BEGINNING_MS);
    if (latenessMs > this.#levelMs) this.#levelMs = Math.min(this.#levelMs + RAISE_MS, latenessMs);
    else this.#levelMs = Math.max(this.#levelMs - RAISE_MS * LATE_SHARE, latenessMs);
  }

  neededMs(nowMs: number): number | undefined {
    return nowMs - this.#observedMs > FORGOTTEN_AFTER_MS ? undefined : this.#levelMs;
  }
}
