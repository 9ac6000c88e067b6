import type { ServerResponse } from 'node:http';
import type { Scope } from '@proscenium/model';
import type { Logger } from 'pino';
import type { Alarm, AlarmClock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import type { EventFilter } from './event-pattern.ts';
import { listEvents, newestEventSeq } from './event-table.ts';

/** Events that are read, and perhaps written, at a time. */
const PORTION = 100;
const HEARTBEAT_MS = 15_000;
/** Who takes nothing for so long is cut off. */
const STALL_MS = 30_000;

export interface FollowerParts {
  readonly store: Store;
  readonly clock: AlarmClock;
  readonly logger: Logger;
  /** How many of the newest events there are to be had. */
  readonly eventsKept: number;
}

export interface FollowerWish {
  readonly scope: Scope;
  readonly wants: EventFilter;
  /** Row number of the event behind which it begins. */
  readonly after: number;
  /** Whether it may go on: asked before anything is sent, and with each heartbeat. */
  readonly mayGoOn: () => Promise<boolean>;
}

/**
 * Somebody who follows the events of one account in one region, as server-sent events:
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 *
 * It reads from the store what comes after what it has written, and writes no more than the other side takes: nothing is
 * kept for the slow in memory. Who stops taking, or falls behind what is kept, is cut off; who may not follow any longer is
 * ended, and told why when it comes again.
 */
export class StreamFollower {
  readonly #response: ServerResponse;
  readonly #scope: Scope;
  readonly #wants: EventFilter;
  readonly #mayGoOn: FollowerWish['mayGoOn'];
  readonly #parts: FollowerParts;
  /** The newest event that needs no more looking at. */
  #after: number;
  #reading: Promise<void> = Promise.resolve();
  #heartbeat: Alarm | undefined;
  #stall: Alarm | undefined;

  constructor(response: ServerResponse, { scope, wants, after, mayGoOn }: FollowerWish, parts: FollowerParts) {
    this.#response = response;
    this.#scope = scope;
    this.#wants = wants;
    this.#after = after;
    this.#mayGoOn = mayGoOn;
    this.#parts = parts;
    response.on('drain', () => {
      this.#stall?.cancel();
      this.#stall = undefined;
      this.wake();
    });
    response.on('close', () => {
      this.#stall?.cancel();
      this.#heartbeat?.cancel();
    });
    this.#beat();
  }

  /** To be called when there is something new. */
  wake(): void {
    this.#then(() => this.#read());
  }

  /** Resolves when everything there is has been handed over to the network. */
  async end(): Promise<void> {
    this.wake();
    await this.#reading;
    await new Promise<void>((resolve) => {
      this.#response.on('close', resolve);
      this.#response.end(resolve);
    });
  }

  /** One after the other. */
  #then(step: () => Promise<void>): void {
    this.#reading = this.#reading.then(step).catch((error) => {
      this.#parts.logger.error({ err: error }, 'a follower of events was cut off');
      this.#response.destroy();
    });
  }

  async #read(): Promise<void> {
    const { store, eventsKept } = this.#parts;
    while (this.#response.writable && !this.#response.writableNeedDrain) {
      const upTo = await newestEventSeq(store.db);
      if (upTo <= this.#after) return;
      if (this.#after < upTo - eventsKept) {
        this.#response.destroy();
        return;
      }
      if (!(await this.#isAllowed())) return;
      const rows = await listEvents(store.db, this.#scope, { after: this.#after, upTo, limit: PORTION });
      for (const { id, json } of rows) {
        if (this.#wants(JSON.parse(json))) this.#response.write(`id: ${id}\ndata: ${json}\n\n`);
      }
      this.#after = rows.length === PORTION ? (rows.at(-1)?.seq ?? upTo) : upTo;
    }
    if (this.#response.writableNeedDrain) this.#waitForDrain();
  }

  /** Ends the response otherwise. */
  async #isAllowed(): Promise<boolean> {
    const isAllowed = await this.#mayGoOn();
    if (!isAllowed) this.#response.end();
    return isAllowed;
  }

  #waitForDrain(): void {
    this.#stall ??= this.#parts.clock.setAlarm(STALL_MS, () => this.#response.destroy());
  }

  /** Tells proxies, and shows us, that the other side is there still. */
  #beat(): void {
    if (!this.#response.writable) return;
    if (!this.#response.writableNeedDrain) this.#response.write(': \n\n');
    this.#heartbeat = this.#parts.clock.setAlarm(HEARTBEAT_MS, () =>
      this.#then(async () => {
        if (await this.#isAllowed()) this.#beat();
      }),
    );
  }
}
