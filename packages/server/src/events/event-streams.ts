import type { ServerResponse } from 'node:http';
import { type Scope, ServiceUnavailable } from '@proscenium/model';
import type { EventFilter } from './event-pattern.ts';
import type { Outbox } from './outbox.ts';
import { type FollowerParts, StreamFollower } from './stream-follower.ts';

const MAXIMUM_FOLLOWERS = 100;
/** Followers that do not take their last events in time are cut off when the server ends. */
const GRACE_MS = 1_000;

/** All who follow events. */
export class EventStreams {
  readonly #outbox: Outbox;
  readonly #parts: FollowerParts;
  readonly #followers = new Set<StreamFollower>();
  #closed = false;

  constructor(outbox: Outbox, parts: FollowerParts) {
    this.#outbox = outbox;
    this.#parts = parts;
    outbox.on('changed', this.#wake);
  }

  /** @throws ServiceUnavailable when there are too many, and at shutdown. To be asked before `follow` */
  checkRoom(): void {
    if (this.#closed) throw new ServiceUnavailable('The server is going away');
    if (this.#followers.size >= MAXIMUM_FOLLOWERS) throw new ServiceUnavailable('Too many follow the events already');
  }

  /** Takes over a response whose head has been written. */
  follow(
    response: ServerResponse,
    { lastEventId, ...wish }: { scope: Scope; wants: EventFilter; lastEventId: string | undefined },
  ): void {
    const follower = new StreamFollower(response, wish, this.#parts);
    this.#followers.add(follower);
    response.on('close', () => this.#followers.delete(follower));
    follower.begin(lastEventId);
  }

  /** Everybody gets what there is, and no more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#outbox.off('changed', this.#wake);
    const timeUp = Promise.withResolvers<void>();
    const timer = setTimeout(timeUp.resolve, GRACE_MS);
    await Promise.race([timeUp.promise, Promise.all(Array.from(this.#followers, (follower) => follower.end()))]);
    clearTimeout(timer);
  }

  readonly #wake = (): void => {
    for (const follower of this.#followers) follower.wake();
  };
}
