import type { Logger } from 'pino';
import type { AlarmClock } from '../clock.ts';
import type { StageRegistry } from '../participants/registry.ts';

export type DrainParts = {
  registry: Pick<StageRegistry, 'drain' | 'participantCount'>;
  /** Answers the requests that are under way, and takes no more. */
  answerTheLast: () => Promise<void>;
  clock: AlarmClock;
  logger: Logger;
};

/** How long the last requests may take to be answered. */
const lastAnswersMs = 10_000;

/** The quiet way to end a server: stages that run go on, nothing new begins, and with the last participant it is over. */
export class Drain {
  readonly #parts: DrainParts;
  readonly #finished = Promise.withResolvers<void>();
  #underWay = false;

  constructor(parts: DrainParts) {
    this.#parts = parts;
  }

  get underWay(): boolean {
    return this.#underWay;
  }

  /** Resolves when nobody is left and the last requests are answered; pending for ever where nobody begins it. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /**
   * Doing it again changes nothing.
   *
   * @param caller who wants it, for the log
   * @returns how many participants are still there
   */
  begin(caller: string): number {
    const { registry, logger } = this.#parts;
    const participants = registry.participantCount;
    if (this.#underWay) return participants;
    this.#underWay = true;
    logger.info({ caller, participants }, 'draining: stages that run go on, no other session begins');
    this.#finish(registry.drain()).then(this.#finished.resolve, this.#finished.reject);
    return participants;
  }

  async #finish(deserted: Promise<void>): Promise<void> {
    const { answerTheLast, clock, logger } = this.#parts;
    await deserted;
    logger.info('drained: the last participant has left');
    const timeUp = Promise.withResolvers<void>();
    const alarm = clock.setAlarm(lastAnswersMs, timeUp.resolve);
    await Promise.race([answerTheLast(), timeUp.promise]).finally(() => alarm.cancel());
  }
}
