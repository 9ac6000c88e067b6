import type { Alarm, AlarmClock } from '../clock.ts';
import type { StageContext } from './stage-context.ts';

export interface StageLingeringOptions {
  readonly clock: AlarmClock;
  /** How long a session outlives its last publisher once nobody is connected. */
  readonly sessionLingerMs: number;
  /** The session has ended, and nobody has come back. */
  readonly onEnded: () => void;
}

/** A session whose end could not be written is tried to be ended again. */
const RETRY_DELAY_MS = 10_000;

/** How long a stage's session goes on with nobody in it, and its end. */
export class StageLingering {
  readonly #stage: Pick<StageContext, 'journal' | 'logger' | 'participants'>;
  readonly #options: StageLingeringOptions;
  #alarm: Alarm | undefined;
  /** When somebody published last, in milliseconds since 1970; the stage's beginning until then. */
  #lastPublishedMs: number;
  /** The session does not end before, in milliseconds since 1970. */
  #keptUntilMs = 0;
  #closed = false;

  constructor(stage: Pick<StageContext, 'journal' | 'logger' | 'participants'>, options: StageLingeringOptions) {
    this.#stage = stage;
    this.#options = options;
    this.#lastPublishedMs = this.#nowMs;
  }

  /** Somebody has published until now. */
  unpublished(): void {
    this.#lastPublishedMs = this.#nowMs;
  }

  /** The session, if one is running, does not end before so long. */
  keep(durationMs: number): void {
    this.#keptUntilMs = Math.max(this.#keptUntilMs, this.#nowMs + durationMs);
    if (this.#stage.participants.size === 0) this.begin();
  }

  /** Nobody is there: unless somebody comes, the session ends once nobody has published for the linger time. */
  begin(minimumMs = 0): void {
    this.cancel();
    if (this.#closed) return;
    const lingersUntilMs = this.#lastPublishedMs + this.#options.sessionLingerMs;
    const restMs = Math.max(lingersUntilMs, this.#keptUntilMs) - this.#nowMs;
    this.#alarm = this.#options.clock.setAlarm(Math.max(minimumMs, restMs), () => {
      if (this.#stage.participants.size > 0) return;
      this.end().catch((error) => {
        this.#stage.logger.error({ err: error }, 'a stage session was not ended');
        this.begin(RETRY_DELAY_MS);
      });
    });
  }

  /** Somebody comes. */
  cancel(): void {
    this.#alarm?.cancel();
  }

  /** Ends the session, if one is running. Resolves when it is durable. */
  async end(): Promise<void> {
    this.cancel();
    const { journal, participants } = this.#stage;
    await journal.closeSession();
    if (participants.size > 0 || journal.hasSession) return;
    this.#options.onEnded();
  }

  /** From now on the session ends by `end()` alone, or is left for the server's next start. */
  close(): void {
    this.#closed = true;
    this.cancel();
  }

  get #nowMs(): number {
    return this.#options.clock.now().getTime();
  }
}
