import type { OutputReport } from '@proscenium/media';
import type { TellState } from './composition-output.ts';
import type { DestinationFailure } from './destination-failure.ts';

type ComposerState = Exclude<OutputReport['state'], 'STOPPED' | 'FAILED'>;

/**
 * How a destination stands whose files go to an object store: ACTIVE while its composer is at work and its files get through,
 * RECONNECTING while not. Each change is told once, nothing before it was ACTIVE for the first time, and nothing after a
 * failure.
 */
export class FlowState {
  #tell: TellState = () => {};
  #composer: ComposerState | undefined;
  #flows: boolean;
  #told: 'ACTIVE' | 'RECONNECTING' | 'FAILED' | undefined;
  #wasActive = false;

  /** @param flows whether files are taken to get through as long as nothing else is known */
  constructor(flows: boolean) {
    this.#flows = flows;
  }

  /** Whether it was ever told to be ACTIVE. */
  get wasActive(): boolean {
    return this.#wasActive;
  }

  get hasFailed(): boolean {
    return this.#told === 'FAILED';
  }

  /** @param tell in place of the one before */
  tellTo(tell: TellState): void {
    this.#tell = tell;
  }

  compose(state: ComposerState): void {
    this.#composer = state;
    this.#update();
  }

  flow(flows: boolean): void {
    this.#flows = flows;
    this.#update();
  }

  fail(failure: DestinationFailure): void {
    if (this.hasFailed) return;
    this.#told = 'FAILED';
    this.#tell(failure);
  }

  stop(): void {
    if (!this.hasFailed) this.#tell({ state: 'STOPPED' });
  }

  #update(): void {
    if (this.#composer === undefined || this.hasFailed) return;
    const isActive = this.#composer === 'ACTIVE' && this.#flows;
    const state = isActive ? 'ACTIVE' : 'RECONNECTING';
    if (state === this.#told || (!isActive && !this.#wasActive)) return;
    this.#told = state;
    this.#wasActive = true;
    this.#tell({ state });
  }
}
