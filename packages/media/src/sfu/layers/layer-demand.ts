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
  /** How many claim each layer. */
  readonly #claims: number[];
  #highest: number;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(layerCount: number, lowerAfterMs = LOWER_AFTER_MS) {
    super();
    this.#claims = new Array(layerCount).fill(0);
    this.#highest = layerCount - 1;
    this.#lowerAfterMs = lowerAfterMs;
    this.#apply();
  }

  /** Layers above this one are for nobody. */
  get highest(): number {
    return this.#highest;
  }

  claim(layer: number | undefined): LayerClaim {
    let claimed: number | undefined;
    const set = (wanted: number | undefined) => {
      this.#count(claimed, -1);
      this.#count(wanted, 1);
      claimed = wanted;
      this.#apply();
    };
    set(layer);
    return { set, release: () => set(undefined) };
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  get #wanted(): number {
    return Math.max(
      0,
      this.#claims.findLastIndex((claims) => claims > 0),
    );
  }

  #count(layer: number | undefined, change: 1 | -1): void {
    if (layer !== undefined) this.#claims[layer] = (this.#claims[layer] ?? 0) + change;
  }

  #apply(): void {
    if (this.#closed) return;
    const wanted = this.#wanted;
    if (wanted >= this.#highest) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#move(wanted);
    } else {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#move(this.#wanted);
      }, this.#lowerAfterMs);
    }
  }

  #move(highest: number): void {
    if (highest === this.#highest) return;
    this.#highest = highest;
    this.emit('changed');
  }
}
