import type { ServerResponse } from 'node:http';
import { type Scope, ServiceUnavailable } from '@proscenium/model';
import { findEventSeq, newestEventSeq } from './event-table.ts';
import type { Outbox } from './outbox.ts';
import { type FollowerParts, type FollowerWish, StreamFollower } from './stream-follower.ts';

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

  /** Behind what a follower has seen last; without that, behind all there is. @returns a row number */
  async findBeginning(scope: Scope, lastEventId: string | undefined): Promise<number> {
    const { store, eventsKept } = this.#parts;
    const newest = await newestEventSeq(store.db);
    const oldest = Math.max(0, newest - eventsKept);
    const seen = lastEventId === undefined ? newest : await findEventSeq(store.db, scope, lastEventId);
    // What it has seen is gone already: all that is left is new to it.
    return Math.max(oldest, seen ?? oldest);
  }

  /** @throws ServiceUnavailable when there are too many, and at shutdown. To be asked just before `follow` */
  checkRoom(): void {
    if (this.#closed) throw new ServiceUnavailable('The server is going away');
    if (this.#followers.size >= MAXIMUM_FOLLOWERS) throw new ServiceUnavailable('Too many follow the events already');
  }

  /** Takes over a response whose head has been written. */
  follow(response: ServerResponse, wish: FollowerWish): void {
    // Nobody tells of a client that has gone meanwhile.
    if (response.closed || response.destroyed) return;
    const follower = new StreamFollower(response, wish, this.#parts);
    this.#followers.add(follower);
    response.on('close', () => this.#followers.delete(follower));
    follower.wake();
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
