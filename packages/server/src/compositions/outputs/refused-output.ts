import type { CompositionOutput, TellState } from './composition-output.ts';
import type { DestinationFailure } from './destination-failure.ts';

/** A destination for which nothing can be done from the beginning. */
export class RefusedOutput implements CompositionOutput {
  readonly #failure: DestinationFailure;

  constructor(failure: DestinationFailure) {
    this.#failure = failure;
  }

  async open(tell: TellState): Promise<undefined> {
    tell(this.#failure);
  }

  takeReport(): void {}
  takeFile(): void {}
  takeGone(): void {}
  takeDuration(): void {}
  fail(): void {}
}
