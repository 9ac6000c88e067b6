import { EventEmitter } from 'node:events';

export interface LayerDemandEvents {
  /** Other layers are needed than before. */
  changed: [];
}

/** A receiver's claim on layers. */
export interface LayerClaim {
  /** @param layer the highest one that it may get; undefined while it gets nothing */
  set(layer: number | undefined): void;
  release(): void;
}

/** Whoever looks away for a moment finds everything as it was; the first look at a stream's layers sees all of them. */
const LOWER_AFTER_MS = 5_000;

/**
 * Which layers of a stream somebody may get, so that its sender can leave out the others. The lowest one is always needed:
 * it is where every receiver begins. What is needed more is needed at once, what is needed no more after a while.
 */
export class LayerDemand extends EventEmitter<LayerDemandEvents> {
  readonly #lowerAfterMs: number;
  readonly #claims = new Map<LayerClaim, number>();
  #highest: number;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(layerCount: number, lowerAfterMs = LOWER_AFTER_MS) {
    super();
    this.#highest = layerCount - 1;
    this.#lowerAfterMs = lowerAfterMs;
    this.#apply();
  }

  /** Layers above this one are for nobody. */
  get highest(): number {
    return this.#highest;
  }

  claim(layer: number | undefined): LayerClaim {
    const claim: LayerClaim = {
      set: (wanted) => {
        if (wanted === undefined) this.#claims.delete(claim);
        else this.#claims.set(claim, wanted);
        this.#apply();
      },
      release: () => claim.set(undefined),
    };
    claim.set(layer);
    return claim;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #apply(): void {
    if (this.#closed) return;
    const wanted = Math.max(0, ...this.#claims.values());
    if (wanted >= this.#highest) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#move(wanted);
    } else {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#move(Math.max(0, ...this.#claims.values()));
      }, this.#lowerAfterMs);
    }
  }

  #move(highest: number): void {
    if (highest === this.#highest) return;
    this.#highest = highest;
    this.emit('changed');
  }
}
