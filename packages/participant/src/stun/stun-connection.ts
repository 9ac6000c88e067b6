import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { isStun } from './message.ts';
import { type MessageCarrier, openCarrier, type StunDestination } from './message-carrier.ts';

export interface StunConnectionEvents {
  /** A message that answers no request. */
  indication: [message: Buffer];
}

/** How long an answer is waited for before a datagram is sent again, and at last given up (RFC 8489 §6.2.1). */
const DATAGRAM_WAITS_MS = [250, 500, 1_000, 2_000];
const STREAM_WAITS_MS = [4_000];

/** The other side can be reached, or not, but does not answer. */
export class NoStunAnswer extends Error {
  override readonly name = 'NoStunAnswer';
}

/** Sends STUN requests to one place, and matches the answers with them. */
export class StunConnection extends EventEmitter<StunConnectionEvents> {
  readonly #waitsMs: readonly number[];
  /** By transaction id, hexadecimal. */
  readonly #waiting = new Map<string, PromiseWithResolvers<Buffer>>();
  #carrier: MessageCarrier | undefined;
  #failure: Error | undefined;

  private constructor(waitsMs: readonly number[]) {
    super();
    this.#waitsMs = waitsMs;
  }

  /** @throws when there is no connection, or `signal` says that it takes too long */
  static async open(destination: StunDestination, signal: AbortSignal): Promise<StunConnection> {
    const connection = new StunConnection(destination.transport === 'udp' ? DATAGRAM_WAITS_MS : STREAM_WAITS_MS);
    const listener = {
      message: (message: Buffer) => connection.#receive(message),
      failed: (error: Error) => connection.#fail(error),
    };
    connection.#carrier = await openCarrier(destination, listener, signal);
    return connection;
  }

  /**
   * @returns the answer
   * @throws {NoStunAnswer} when none came within about 4 s
   * @throws what ended the connection, or the reason of `signal`
   */
  async request(message: Buffer, signal: AbortSignal): Promise<Buffer> {
    if (this.#failure) throw this.#failure;
    const id = transactionOf(message);
    const answer = Promise.withResolvers<Buffer>();
    this.#waiting.set(id, answer);
    const done = new AbortController();
    const patience = AbortSignal.any([signal, done.signal]);
    try {
      for (const waitMs of this.#waitsMs) {
        this.send(message);
        const answered = await Promise.race([answer.promise, sleep(waitMs, undefined, { signal: patience })]);
        if (answered) return answered;
      }
      throw new NoStunAnswer('nobody answers');
    } finally {
      done.abort();
      this.#waiting.delete(id);
    }
  }

  /** Sends what nobody answers. */
  send(message: Buffer): void {
    if (!this.#failure) this.#carrier?.send(message);
  }

  close(): void {
    this.#fail(new Error('The connection was closed'));
    this.#carrier?.close();
  }

  #receive(message: Buffer): void {
    if (!isStun(message)) return;
    const waiting = this.#waiting.get(transactionOf(message));
    if (waiting) waiting.resolve(message);
    else this.emit('indication', message);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}

function transactionOf(message: Buffer): string {
  return message.toString('hex', 8, 20);
}
