import { createSessionId, type Event, type EventName } from '@proscenium/model';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { EventLog } from '../events/service-event.ts';
import type { Database, Store } from '../store/store.ts';
import { appendEvents, closeSession, openSession, saveParticipant } from './history.ts';
import type { StageRef } from './live-stages.ts';
import { findParticipant, type ParticipantRecord } from './participant-table.ts';
import { type DepartureReason, recordParticipantUpdates } from './participant-updates.ts';
import { recordStageUpdates, stageUpdate } from './stage-updates.ts';

export interface StageSession {
  readonly sessionId: string;
  readonly startTime: Date;
}

/** One entry: how a participant stands now, and what happened to it. */
export interface JournalEntry {
  readonly record?: ParticipantRecord;
  /** Of a participant without a record. Default `''`: it has none. */
  readonly userId?: string;
  readonly events?: readonly Event[];
  /** Of one who left. Default `unknown`. */
  readonly leftReason?: DepartureReason;
}

export interface StageJournalParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly events: EventLog;
  /** Called with what is about to be written down. */
  readonly onEvents?: ((events: readonly Event[]) => void) | undefined;
  /** Whether the world is told who comes and goes. Default false. */
  readonly participantUpdates?: boolean;
}

/** Refusals beyond this are answered but not written down. */
const MAXIMUM_ERRORS_PER_INTERVAL = 100;
const ERROR_INTERVAL_MS = 10_000;

/**
 * What happens on one stage, written down in the order in which it happens: its session, and the records and events of the
 * participants in it. While the stage is live nothing writes them but through here.
 */
export class StageJournal {
  readonly #ref: StageRef;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #eventLog: EventLog;
  readonly #onEvents: StageJournalParts['onEvents'];
  readonly #participantUpdates: boolean;
  #session: Promise<StageSession> | undefined;
  #errors = 0;
  #errorsSinceMs = 0;
  /** Resolves when it is the next entry's turn to be handed to the store. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Settles when all entries so far are written. */
  #written: Promise<unknown> = Promise.resolve();

  /** @param session that is running already, if any */
  constructor(ref: StageRef, parts: StageJournalParts, session?: StageSession) {
    this.#ref = ref;
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
    this.#eventLog = parts.events;
    this.#onEvents = parts.onEvents;
    this.#participantUpdates = parts.participantUpdates ?? false;
    this.#session = session && Promise.resolve(session);
  }

  get hasSession(): boolean {
    return this.#session !== undefined;
  }

  /** The running session, or a new one. Resolves when it is durable. */
  openSession(): Promise<StageSession> {
    this.#session ??= this.#begin(this.#written);
    return this.#session;
  }

  /** Ends the running session, if any. Resolves when it is durable; after a failure the session is still there. */
  async closeSession(): Promise<void> {
    const ending = this.#session;
    if (!ending) return;
    this.#session = undefined;
    try {
      await this.#inOrder(ending, async (session) => {
        if (!session) return;
        const { sessionId } = session;
        await this.#store.write((trx) => closeSession(trx, this.#ref, sessionId, this.#clock.now()));
        this.#logger.info({ sessionId }, 'stage session ended');
      });
    } catch (error) {
      this.#session ??= ending;
      throw error;
    }
  }

  /** The participant's record of an earlier visit in the running session. */
  async earlierRecord(participantId: string): Promise<ParticipantRecord | undefined> {
    await this.#written; // the last words of that visit may be on their way
    const session = await this.#session;
    return session && findParticipant(this.#store.db, this.#ref, session.sessionId, participantId);
  }

  /** Resolves when the entry is durable. Without a running session there is nothing to write it to. */
  write({ record, userId = '', events = [], leftReason }: JournalEntry): Promise<void> {
    const running = this.#session;
    if (!running) return Promise.resolve();
    this.#onEvents?.(events);
    return this.#inOrder(running, async (session) => {
      if (!session) return;
      const { sessionId } = session;
      await this.#store.write(async (trx) => {
        if (record) await saveParticipant(trx, this.#ref, sessionId, record);
        if (events.length === 0) return;
        await appendEvents(trx, this.#ref, sessionId, events);
        const updated = { stage: this.#ref, sessionId, participant: record ?? { userId } };
        await recordStageUpdates(trx, this.#eventLog, updated, events);
        if (!this.#participantUpdates) return;
        await recordParticipantUpdates(trx, this.#eventLog, updated, events, leftReason);
      });
    });
  }

  /** Tells an activity of the running session to whom it may concern; it stands in no history. */
  tellActivity(eventName: string, detail: Readonly<Record<string, unknown>>): void {
    const time = this.#clock.now();
    const telling = this.#inOrder(this.#session, async (session) => {
      if (!session) return;
      const full = { session_id: session.sessionId, ...detail };
      const event = stageUpdate(this.#ref, eventName, time, full, 'Proscenium Stage Activity');
      await this.#store.write((trx) => this.#eventLog.record(trx, event));
    });
    telling.catch((error) => this.#logger.error({ err: error, eventName }, 'an activity of a stage was not told'));
  }

  /** Runs what others have to write about this stage after all entries so far. Resolves when it is durable. */
  transact<T>(work: (trx: Database) => Promise<T>): Promise<T> {
    return this.#inOrder(this.#session, () => this.#store.write(work));
  }

  /** Writes without being waited for; a failed write is told in the log. */
  record(entry: JournalEntry): void {
    this.write(entry).catch((error) =>
      this.#logger.error({ err: error, events: entry.events }, 'an entry of a stage was not written'),
    );
  }

  /** Whether one more error may be written down: a client that asks again and again fills no disk. */
  admitsError(): boolean {
    const now = this.#clock.now().getTime();
    if (now - this.#errorsSinceMs >= ERROR_INTERVAL_MS) {
      this.#errorsSinceMs = now;
      this.#errors = 0;
    }
    this.#errors += 1;
    return this.#errors <= MAXIMUM_ERRORS_PER_INTERVAL;
  }

  /** Resolves when all entries so far are written, or have failed. */
  async settled(): Promise<void> {
    await this.#written;
  }

  event(name: EventName, participantId: string, details: Partial<Event> = {}): Event {
    return { name, participantId, eventTime: this.#clock.now(), replica: false, ...details };
  }

  async #begin(earlier: Promise<unknown>): Promise<StageSession> {
    try {
      await earlier; // a stage has one session at a time: the last one must have ended
      const session = { sessionId: createSessionId(), startTime: this.#clock.now() };
      await this.#store.write((trx) => openSession(trx, this.#ref, session));
      this.#logger.info({ sessionId: session.sessionId }, 'stage session started');
      return session;
    } catch (error) {
      this.#session = undefined;
      throw error;
    }
  }

  /**
   * Entries are handed to the store one after the other, but not waited for: the store keeps their order, and makes those
   * that wait durable together. Each waits for its session to have begun; one that never began is undefined.
   */
  #inOrder<T>(
    running: Promise<StageSession> | undefined,
    work: (session: StageSession | undefined) => Promise<T>,
  ): Promise<T> {
    const turn = this.#turn.then(() => running?.catch(() => undefined));
    this.#turn = turn;
    const writing = turn.then(work);
    this.#written = Promise.allSettled([this.#written, writing]);
    return writing;
  }
}
