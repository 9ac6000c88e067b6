import type { Orders } from './orders.ts';

/** How calls of an operation fail. One of `error`, `status` and `connection` at most; with none they are only late. */
export interface Failure {
  /** An error of the API, such as `ThrottlingException`. */
  error?: string;
  /** The error's text. */
  message?: string;
  /** An HTTP status from 400 to 599, answered without a body, as something in front of the service does. */
  status?: number;
  /** The connection ends without an answer. */
  connection?: 'drop';
  /** Time that passes first. */
  delayMs?: number;
  /** How many calls fail; each attempt of an SDK client is one. Default: all, until it is taken back. */
  times?: number;
}

/** Failures that calls meet once their signature is accepted. */
export class ServerFailures {
  readonly #orders: Orders;

  constructor(orders: Orders) {
    this.#orders = orders;
  }

  /**
   * Takes the place of an earlier failure for the operation.
   *
   * @param operation such as `CreateStage`
   * @throws when there is no such operation or error
   */
  async inject(operation: string, failure: Failure): Promise<void> {
    await this.#orders.send('PUT', pathOf(operation), failure);
  }

  /** Failures that have not come to their end, by operation, with the `times` that are left. */
  async left(): Promise<Record<string, Failure>> {
    return (await this.#orders.send('GET', 'failures')) as Record<string, Failure>;
  }

  /** Takes back the failure for one operation, or without one all of them. */
  async clear(operation?: string): Promise<void> {
    await this.#orders.send('DELETE', operation === undefined ? 'failures' : pathOf(operation));
  }
}

function pathOf(operation: string): string {
  return `failures/${encodeURIComponent(operation)}`;
}
