import { nowMs } from '@proscenium/participant/connection';
import type { Receiver } from '../clients/receiver.ts';
import { StageSubscriber } from '../clients/stage-subscriber.ts';
import { OPEN_EVERY_PICTURES, type Seat, type SeatContext } from './seat.ts';

const CONNECT_GUARD_MS = 20_000;

/** One who subscribes over the events socket: one connection carries all publishers. */
export class SocketSeat implements Seat {
  readonly #token: string;
  readonly #publisherIds: readonly string[];
  readonly #context: SeatContext;
  #subscriber: StageSubscriber | undefined;
  #receiver: Receiver | undefined;
  #joining: Promise<void> | undefined;
  joined = false;

  constructor(token: string, publisherIds: readonly string[], context: SeatContext) {
    this.#token = token;
    this.#publisherIds = publisherIds;
    this.#context = context;
  }

  join(): Promise<void> {
    this.#joining = this.#join();
    return this.#joining;
  }

  async leave(): Promise<void> {
    await this.#joining;
    await this.#stop();
  }

  async #stop(): Promise<void> {
    this.joined = false;
    const subscriber = this.#subscriber;
    this.#subscriber = undefined;
    this.#detach();
    try {
      await subscriber?.stop();
    } catch (error) {
      this.#context.ledger.failed('leave', error);
    }
  }

  async #join(): Promise<void> {
    const { identity, ledger, signal } = this.#context;
    const options = { identity, openEveryPictures: OPEN_EVERY_PICTURES };
    const patience = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_GUARD_MS)]);
    const wishedMs = nowMs();
    try {
      const subscriber = await StageSubscriber.join(this.#token, options, patience);
      this.#subscriber = subscriber;
      const connected = this.#untilConnected(subscriber, wishedMs, patience);
      subscriber.subscribe(this.#publisherIds);
      await connected;
      this.joined = true;
      ledger.joinMs.subscribers.add(nowMs() - wishedMs);
      this.#watch(subscriber);
    } catch (error) {
      ledger.failed('subscribe', error);
      await this.#stop();
    }
  }

  #untilConnected(subscriber: StageSubscriber, wishedMs: number, patience: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void) => {
        patience.removeEventListener('abort', giveUp);
        subscriber.removeAllListeners();
        outcome();
      };
      const fail = (error: Error) => settle(() => reject(error));
      const giveUp = () => fail(new Error('No connection came', { cause: patience.reason }));
      patience.addEventListener('abort', giveUp);
      subscriber.once('failed', fail);
      subscriber.once('closed', (code, reason) => fail(new Error(closing(code, reason))));
      subscriber.once('connected', (receiver) =>
        settle(() => {
          this.#attach(receiver, wishedMs);
          resolve();
        }),
      );
    });
  }

  /** What comes after the first connection: others in its place, and ends. */
  #watch(subscriber: StageSubscriber): void {
    const { ledger } = this.#context;
    subscriber.on('connected', (receiver) => {
      this.#detach();
      this.#attach(receiver, undefined);
      this.joined = true;
    });
    subscriber.on('failed', (error) => ledger.failed('subscribe', error));
    subscriber.on('closed', (code, reason) => {
      this.joined = false;
      this.#detach();
      ledger.disconnected('subscriber', new Error(closing(code, reason)));
    });
  }

  #attach(receiver: Receiver, wishedMs: number | undefined): void {
    this.#receiver = receiver;
    const { ledger } = this.#context;
    ledger.attach(receiver, { wishedMs, subscriptions: this.#publisherIds.length });
    receiver.once('lost', (error) => {
      this.joined = false;
      this.#detach();
      ledger.disconnected('subscriber', error);
    });
  }

  #detach(): void {
    if (this.#receiver) this.#context.ledger.detach(this.#receiver);
    this.#receiver = undefined;
  }
}

function closing(code: number, reason: string): string {
  return `the events socket was closed with ${code} ${reason}`.trimEnd();
}
