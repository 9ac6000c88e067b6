/** Ends something that was started. */
export type End = () => Promise<void> | void;

/** How all that was started is ended: in the opposite order, each of it whatever becomes of the others. */
export class Endings {
  readonly #ends: End[] = [];
  #underWay: Promise<void> | undefined;

  /** To be called as soon as something has started: it is ended also when what comes next cannot be started. */
  add(end: End): void {
    this.#ends.push(end);
  }

  /** Doing it again changes nothing. @throws {AggregateError} of all that went wrong, once everything was ended */
  endAll(): Promise<void> {
    this.#underWay ??= endEach(this.#ends.toReversed());
    return this.#underWay;
  }
}

async function endEach(ends: readonly End[]): Promise<void> {
  const errors: unknown[] = [];
  for (const end of ends) {
    try {
      await end();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'the server did not end cleanly');
}
