import type { SQLInputValue } from 'node:sqlite';
import { ServiceUnavailable } from '@proscenium/model';
import type { Database } from '../store.ts';
import { kyselyOver, type RunStatement } from './connection.ts';

export type Work<T> = (trx: Database) => Promise<T>;

type Job = { work: Work<unknown>; resolve(result: unknown): void; reject(error: unknown): void };

export type WriteQueueLimits = {
  /** Jobs that may wait; more are turned away. */
  waitingJobs: number;
  /** A job that takes longer is taken back. */
  jobDurationMs: number;
};

/** One commit makes everybody wait, so a crowd is let in in portions. */
const jobsPerCommit = 200;

/**
 * Runs jobs one after the other on the writing connection. Waiting for the disk is what costs, so all jobs that wait
 * when the connection becomes free share one transaction (group commit), each inside a savepoint of its own: what
 * fails takes back itself alone. Nobody hears of success or failure before that transaction is durable.
 */
export class WriteQueue {
  readonly #run: (sql: string, parameters?: readonly SQLInputValue[]) => ReturnType<RunStatement>;
  readonly #limits: WriteQueueLimits;
  #waiting: Job[] = [];
  /** The commits under way; undefined while there is nothing to do. */
  #working: Promise<void> | undefined;
  #end: Error | undefined;

  constructor(run: RunStatement, limits: WriteQueueLimits) {
    this.#run = (sql, parameters = []) => run(sql, parameters);
    this.#limits = limits;
  }

  write<T>(work: Work<T>): Promise<T> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (this.#waiting.length >= this.#limits.waitingJobs) {
      return Promise.reject(new ServiceUnavailable('Too many writes are waiting'));
    }
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push({ work, resolve: (result) => resolve(result as T), reject });
    this.#working ??= this.#workOff();
    return promise;
  }

  /** Rejects what waits and what comes. */
  fail(cause: Error): void {
    this.#end = cause;
    for (const job of this.#waiting.splice(0)) job.reject(cause);
  }

  /** Turns new jobs away and waits for the others. */
  async close(): Promise<void> {
    this.#end ??= new Error('The store is closed');
    await this.#working;
  }

  async #workOff(): Promise<void> {
    // Jobs asked for in the same breath share the first commit.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, jobsPerCommit));
    this.#working = undefined;
  }

  async #commit(jobs: readonly Job[]): Promise<void> {
    const settlements: (() => void)[] = [];
    try {
      // Statements are run in the order of the calls, so those that only begin or end something are not waited for
      // before the next ones go out.
      let sent: Promise<unknown> = this.#run('begin immediate');
      for (const job of jobs) {
        const { ending, settle } = await this.#attempt(job, sent);
        settlements.push(settle);
        sent = ending;
      }
      await Promise.all([sent, this.#run('commit')]);
    } catch (error) {
      await this.#rollback();
      for (const job of jobs) job.reject(error);
      return;
    }
    for (const settle of settlements) settle();
  }

  /** After a failure that has already ended the transaction there is nothing to roll back, and no harm in trying. */
  async #rollback(): Promise<void> {
    await this.#run('rollback').catch(() => undefined);
  }

  /**
   * @param before the statement before those of the job
   * @returns the last statement of the job, and what to do with its promise after the commit
   * @throws when the whole transaction is lost
   */
  async #attempt(job: Job, before: Promise<unknown>): Promise<{ ending: Promise<unknown>; settle: () => void }> {
    // Whatever becomes of its savepoint, the next job must not begin while this one still works.
    const [opened, worked] = await Promise.allSettled([
      Promise.all([before, this.#run('savepoint job')]),
      this.#runWithinTime(job.work),
    ]);
    if (opened.status === 'rejected') throw opened.reason;
    if (worked.status === 'rejected') await this.#run('rollback to job');
    return {
      ending: this.#run('release job'),
      settle: () => (worked.status === 'fulfilled' ? job.resolve(worked.value) : job.reject(worked.reason)),
    };
  }

  async #runWithinTime(work: Work<unknown>): Promise<unknown> {
    let ended = false;
    const trx = kyselyOver(async (sql, parameters) => {
      if (ended) throw new Error('The transaction is over');
      return this.#run(sql, parameters);
    });
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new ServiceUnavailable('A write took too long')),
      this.#limits.jobDurationMs,
    );
    try {
      return await Promise.race([work(trx), late.promise]);
    } finally {
      clearTimeout(timer);
      ended = true;
    }
  }
}
