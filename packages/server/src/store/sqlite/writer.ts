import type { SQLInputValue } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { StatementResult } from './statements.ts';

export type WriterRequest = { id: number; sql: string; parameters: readonly SQLInputValue[] } | 'close';
export type WriterAnswer = { id: number; result: StatementResult } | { id: number; error: string };

type Waiting = { resolve(result: StatementResult): void; reject(error: Error): void };

/** A statement that the database refused. The message names tables and columns, never values. */
class StatementFailed extends Error {
  override readonly name = 'StatementFailed';
}

/** The connection that writes. It lives in a thread of its own, so that waiting for the disk stops nobody. */
export class Writer {
  readonly #worker: Worker;
  /** Statements sent and not yet answered. */
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #lastId = 0;
  #closing = false;
  #death: Error | undefined;

  /** @param onDeath called once if the thread ends by itself */
  constructor(file: string, onDeath: (cause: Error) => void) {
    // The same file as TypeScript in the repository and as JavaScript in the published package.
    const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
    this.#worker = new Worker(new URL(`./writer-thread${extension}`, import.meta.url), { workerData: file });
    this.#worker.on('message', (answer: WriterAnswer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#die(error, onDeath));
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        if (!this.#closing) this.#die(new Error(`exit code ${code}`), onDeath);
        resolve();
      });
    });
  }

  /** Answers come in the order of the calls. */
  run(sql: string, parameters: readonly SQLInputValue[] = []): Promise<StatementResult> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#worker.postMessage({ id, sql, parameters } satisfies WriterRequest);
      this.#waiting.set(id, { resolve, reject });
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#death === undefined) this.#worker.postMessage('close' satisfies WriterRequest);
    await this.#exited;
  }

  #settle(answer: WriterAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('result' in answer) waiting?.resolve(answer.result);
    else waiting?.reject(new StatementFailed(answer.error));
  }

  #die(cause: unknown, onDeath: (cause: Error) => void): void {
    if (this.#death !== undefined) return;
    this.#death = new Error('The thread that writes the database has died', { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#death);
    this.#waiting.clear();
    onDeath(this.#death);
  }
}
