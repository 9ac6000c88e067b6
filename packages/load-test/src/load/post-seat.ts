import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs } from '@proscenium/participant/connection';
import { readToken } from '../clients/participant-token.ts';
import { type PostSubscriber, subscribeByPost } from '../clients/post-subscriber.ts';
import { postTo, Refused } from '../clients/signalling.ts';
import { OPEN_EVERY_PICTURES, type Seat, type SeatContext } from './seat.ts';

/** A publisher can be subscribed to once its first packet is there. */
const PUBLISHER_GUARD_MS = 10_000;
const RETRY_MS = 50;

/** One who subscribes by a POST for each publisher, to all of them at once. */
export class PostSeat implements Seat {
  readonly #token: string;
  readonly #publisherIds: readonly string[];
  readonly #context: SeatContext;
  readonly #subscribers = new Set<PostSubscriber>();
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
    this.joined = false;
    const subscribers = [...this.#subscribers];
    this.#subscribers.clear();
    await Promise.all(
      subscribers.map(async (subscriber) => {
        this.#context.ledger.detach(subscriber.receiver);
        try {
          await subscriber.stop();
        } catch (error) {
          this.#context.ledger.failed('leave', error);
        }
      }),
    );
  }

  /** Has joined when all of its subscriptions are there. */
  async #join(): Promise<void> {
    const { ledger } = this.#context;
    const tries = await Promise.allSettled(this.#publisherIds.map((id) => this.#subscribe(id)));
    const tookMs = tries.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
    for (const attempt of tries) if (attempt.status === 'rejected') ledger.failed('subscribe', attempt.reason);
    this.joined = tookMs.length === tries.length;
    if (this.joined) ledger.joinMs.subscribers.add(Math.max(...tookMs));
  }

  /** @returns milliseconds from the POST to the connection */
  async #subscribe(id: string): Promise<number> {
    const { identity, ledger } = this.#context;
    const signalling = postTo(`${readToken(this.#token).whipUrl}/subscribe/${id}`, this.#token);
    const kinds = this.#context.plan.audio ? (['audio', 'video'] as const) : (['video'] as const);
    const { subscriber, wishedMs } = await this.#onceThere(() =>
      subscribeByPost(signalling, kinds, { identity, openEveryPictures: OPEN_EVERY_PICTURES }),
    );
    const tookMs = nowMs() - wishedMs;
    this.#subscribers.add(subscriber);
    ledger.attach(subscriber.receiver, { wishedMs, subscriptions: 1 });
    subscriber.receiver.once('lost', (error) => {
      this.joined = false;
      ledger.detach(subscriber.receiver);
      ledger.disconnected('subscriber', error);
    });
    return tookMs;
  }

  /** Asks again while the server knows no such publisher; the time until then is not the server's. */
  async #onceThere(subscribe: () => Promise<PostSubscriber>) {
    const deadline = performance.now() + PUBLISHER_GUARD_MS;
    for (;;) {
      const wishedMs = nowMs();
      try {
        return { subscriber: await subscribe(), wishedMs };
      } catch (error) {
        const isEarly = error instanceof Refused && error.status === 404;
        if (!isEarly || performance.now() > deadline || this.#context.signal.aborted) throw error;
      }
      await sleep(RETRY_MS);
    }
  }
}
