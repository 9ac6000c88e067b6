import type { SQLInputValue } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { StatementResult } from './statements.ts';

type Statement = { id: number; sql: string; parameters: readonly SQLInputValue[] };
export type WriterRequest = readonly Statement[] | 'close';
export type StatementAnswer = { id: number; result: StatementResult } | { id: number; error: string };
/** One for each statement of a request, in their order. */
export type WriterAnswer = readonly StatementAnswer[];

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
  #unsent: Statement[] = [];
  readonly #exited: Promise<void>;
  #lastId = 0;
  #closing = false;
  #death: Error | undefined;

  /** @param onDeath called once if the thread ends by itself */
  constructor(file: string, onDeath: (cause: Error) => void) {
    // The same file as TypeScript in the repository and as JavaScript in the published package.
    const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
    this.#worker = new Worker(new URL(`./writer-thread${extension}`, import.meta.url), { workerData: file });
    this.#worker.on('message', (answers: WriterAnswer) => this.#settle(answers));
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
    // A message costs more than many a statement: what is asked for in the same breath goes in one.
    if (this.#unsent.push({ id, sql, parameters }) === 1) process.nextTick(() => this.#send());
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#death === undefined) {
      this.#send();
      this.#worker.postMessage('close' satisfies WriterRequest);
    }
    await this.#exited;
  }

  #send(): void {
    if (this.#unsent.length > 0) this.#worker.postMessage(this.#unsent satisfies WriterRequest);
    this.#unsent = [];
  }

  #settle(answers: WriterAnswer): void {
    for (const answer of answers) {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('result' in answer) waiting?.resolve(answer.result);
      else waiting?.reject(new StatementFailed(answer.error));
    }
  }

  #die(cause: unknown, onDeath: (cause: Error) => void): void {
    if (this.#death !== undefined) return;
    this.#death = new Error('The thread that writes the database has died', { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#death);
    this.#waiting.clear();
    onDeath(this.#death);
  }
}
