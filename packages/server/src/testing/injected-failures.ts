import { setTimeout } from 'node:timers/promises';
import { type ErrorName, type OperationName, ServiceError, ServiceUnavailable } from '@proscenium/model';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** How calls of an operation are to fail. One of `error`, `status` and `connection` at most; with none they are only late. */
export type Failure = {
  /** The error that is answered. */
  error?: ErrorName;
  /** Its text, when not the usual one. */
  message?: string;
  /** An HTTP status that is answered without a body, as something in front of a service does. */
  status?: number;
  /** The connection ends without an answer. */
  connection?: 'drop';
  /** Time that passes first. */
  delayMs?: number;
  /** How many calls fail. Left out: all, until it is taken back. */
  times?: number;
};

/** Failures that tests ordered, by operation. Calls meet them once their signature is accepted. */
export class InjectedFailures {
  readonly #failures = new Map<OperationName, Failure>();
  /** What is to become of the answers of calls that failed without an error of the API. */
  readonly #answers = new WeakMap<FastifyRequest, Pick<Failure, 'status' | 'connection'>>();
  readonly #closing = new AbortController();

  /** Takes the place of an earlier one for the operation. */
  inject(operation: OperationName, failure: Failure): void {
    this.#failures.set(operation, failure);
  }

  /** What is left of each. */
  list(): Partial<Record<OperationName, Failure>> {
    return Object.fromEntries(this.#failures);
  }

  take(operation: OperationName): void {
    this.#failures.delete(operation);
  }

  clear(): void {
    this.#failures.clear();
  }

  /** Ends all delays. */
  close(): void {
    this.#closing.abort();
  }

  /** Lets a call pass, late or never. @throws {ServiceError} when it fails */
  async meet(operation: OperationName, request: FastifyRequest): Promise<void> {
    const failure = this.#failures.get(operation);
    if (failure === undefined) return;
    this.#countDown(operation, failure);
    const { error, message, status, connection, delayMs = 0 } = failure;
    request.log.info({ operation, requestId: request.id, failure }, 'A call meets an injected failure');
    if (delayMs > 0) await this.#wait(delayMs);
    if (error !== undefined) throw new ServiceError(error, message ?? 'Injected failure');
    if (status === undefined && connection === undefined) return;
    this.#answers.set(request, { status, connection });
    throw new ServiceUnavailable();
  }

  /** Makes answers of the routes that are added from now on what a failure wants them to be. */
  shapeAnswers(app: FastifyInstance): void {
    app.addHook('onSend', async (request, reply, payload) => {
      const answer = this.#answers.get(request);
      if (answer === undefined) return payload;
      if (answer.connection === 'drop') request.raw.socket.destroy();
      for (const name of ['x-amzn-ErrorType', 'content-type']) reply.removeHeader(name);
      if (answer.status !== undefined) reply.code(answer.status);
      return '';
    });
  }

  #countDown(operation: OperationName, failure: Failure): void {
    const { times } = failure;
    if (times === undefined) return;
    if (times <= 1) this.#failures.delete(operation);
    else this.#failures.set(operation, { ...failure, times: times - 1 });
  }

  async #wait(delayMs: number): Promise<void> {
    const { signal } = this.#closing;
    await setTimeout(delayMs, undefined, { signal }).catch(() => {
      throw new ServiceUnavailable('The server is going away');
    });
  }
}
