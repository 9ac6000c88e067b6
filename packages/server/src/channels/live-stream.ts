import { createStreamId, parseArn, type Scope } from '@proscenium/model';
import type { Logger } from 'pino';
import { type AlarmClock, wait } from '../clock.ts';
import type { OutputState } from '../compositions/outputs/composition-output.ts';
import type { EventLog } from '../events/service-event.ts';
import type { Database, Store } from '../store/store.ts';
import {
  type StreamHealthChange,
  type StreamOfChannel,
  type StreamStateChange,
  streamEvent,
} from './channel-events.ts';
import { channelTable } from './channel-table.ts';
import { countEncoderStreams, deleteStream, insertStream, type StreamSender, updateStream } from './stream-table.ts';

export interface LiveStreamParts {
  readonly store: Store;
  readonly events: EventLog;
  readonly clock: AlarmClock;
  readonly logger: Logger;
  /** Streams that encoders may send to channels of one account in one region at once. */
  readonly quota: number;
  /** That nothing is tried again. */
  readonly closing: AbortSignal;
}

export interface LiveStreamOptions extends LiveStreamParts {
  readonly channelArn: string;
  readonly sender: StreamSender;
  /** What went to the channel before: its end is waited for. */
  readonly earlier: LiveStream | undefined;
  readonly onEnded: () => void;
}

/** What came of a beginning. `NO_CHANNEL`: it goes somewhere that no API has made, of which nobody is told. */
export type Beginning = 'BEGUN' | 'NO_CHANNEL' | 'TOO_MANY';

const RETRY_DELAY_MS = 1_000;
/** So long at most, for what has not ended by then stands in the way of nothing but itself. */
const EARLIER_MS = 10_000;

/**
 * Something that goes to a channel: writes down what becomes of it and tells others, one after the other and each until it is
 * durable.
 */
export class LiveStream {
  readonly id = createStreamId();
  readonly #options: LiveStreamOptions;
  #writing: Promise<void>;
  #beginning: Beginning | undefined;
  #of: StreamOfChannel | undefined;
  #state: 'NEW' | 'BEGUN' | 'LIVE' | 'ENDED' = 'NEW';
  /** What holds it up: the encoder that sends it, or what makes it watchable. */
  readonly #stalls = new Set<'sender' | 'output'>();
  readonly #over = new AbortController();

  constructor(options: LiveStreamOptions) {
    this.#options = options;
    const { earlier, clock, closing } = options;
    this.#writing = earlier?.isGoingOn
      ? wait(clock, EARLIER_MS, AbortSignal.any([closing, earlier.over]))
      : Promise.resolve();
  }

  /** Whether something is written down of it that is to end. */
  get isGoingOn(): boolean {
    return this.#state !== 'NEW' && !this.over.aborted;
  }

  /** When its end is written down. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Doing it again changes nothing. */
  async begin(): Promise<Beginning | undefined> {
    if (this.#state === 'NEW') {
      this.#state = 'BEGUN';
      this.#write((trx) => this.#insert(trx));
    }
    await this.#writing;
    return this.#beginning;
  }

  /** Goes by how the output stands that makes it watchable. */
  follow({ state }: OutputState): void {
    if (state === 'ACTIVE') this.#goLive();
    else if (state !== 'RECONNECTING') void this.end();
    if (state === 'ACTIVE' || state === 'RECONNECTING') this.#stall('output', state === 'RECONNECTING');
  }

  /** Whether it comes too slowly. */
  starve(starving: boolean): void {
    this.#stall('sender', starving);
  }

  #stall(cause: 'sender' | 'output', stalls: boolean): void {
    if (this.#state !== 'LIVE') return;
    const wasStarving = this.#stalls.size > 0;
    if (stalls) this.#stalls.add(cause);
    else this.#stalls.delete(cause);
    const starving = this.#stalls.size > 0;
    if (starving === wasStarving) return;
    this.#write(async (trx) => {
      const isThere = await updateStream(trx, this.id, { health: starving ? 'STARVING' : 'HEALTHY' });
      if (isThere) await this.#tell(trx, starving ? 'Starvation Start' : 'Starvation End');
    });
  }

  /** Resolves when that is written down. Doing it again changes nothing. */
  async end(): Promise<void> {
    const wasLive = this.#state === 'LIVE';
    const hasBegun = this.#state !== 'NEW';
    if (this.#state !== 'ENDED') {
      this.#state = 'ENDED';
      if (hasBegun) {
        this.#write(async (trx) => {
          // A test may have reset everything.
          const isThere = await deleteStream(trx, this.id);
          if (isThere) await this.#tell(trx, ...(wasLive ? (['Stream End'] as const) : []), 'Session Ended');
        });
      }
      this.#writing = this.#writing.then(() => this.#forget());
    }
    await this.#writing;
  }

  #forget(): void {
    this.#over.abort();
    this.#options.onEnded();
  }

  #goLive(): void {
    if (this.#state !== 'BEGUN') return;
    this.#state = 'LIVE';
    const startTime = this.#options.clock.now();
    this.#write(async (trx) => {
      const isThere = await updateStream(trx, this.id, { isLive: true, health: 'HEALTHY', startTime });
      if (isThere) await this.#tell(trx, 'Stream Start');
    });
  }

  async #insert(trx: Database): Promise<void> {
    const { channelArn, sender, clock, quota } = this.#options;
    const { account = '', region = '', id = '' } = parseArn(channelArn) ?? {};
    const scope: Scope = { account, region };
    const channel = await channelTable.find(trx, scope, id);
    if (channel === undefined) {
      this.#beginning = 'NO_CHANNEL';
    } else if (sender === 'ENCODER' && (await countEncoderStreams(trx, scope)) >= quota) {
      this.#beginning = 'TOO_MANY';
    } else {
      const stream = { channelId: id, streamId: this.id, sender, isLive: false, health: 'UNKNOWN' } as const;
      await insertStream(trx, scope, { ...stream, startTime: clock.now() });
      this.#beginning = 'BEGUN';
      this.#of = { scope, channel: { id, name: channel.name }, streamId: this.id };
      await this.#tell(trx, 'Session Created');
    }
  }

  async #tell(trx: Database, ...names: readonly (StreamStateChange | StreamHealthChange)[]): Promise<void> {
    const { events, clock } = this.#options;
    const of = this.#of;
    if (of) await events.record(trx, ...names.map((name) => streamEvent(of, name, clock.now())));
  }

  /** What was not begun has nothing to be written down. */
  #write(work: (trx: Database) => Promise<void>): void {
    this.#writing = this.#writing.then(async () => {
      const isNeeded = this.#beginning === undefined || this.#beginning === 'BEGUN';
      if (isNeeded) await this.#writeUntilDurable(work);
    });
  }

  async #writeUntilDurable(work: (trx: Database) => Promise<void>): Promise<void> {
    const { store, clock, logger, closing, channelArn } = this.#options;
    for (;;) {
      try {
        await store.write(work);
        return;
      } catch (error) {
        logger.error({ err: error, channelArn }, 'the state of a channel could not be written down');
        // The next start finds what is left.
        if (closing.aborted) return;
        await wait(clock, RETRY_DELAY_MS, closing);
      }
    }
  }
}
