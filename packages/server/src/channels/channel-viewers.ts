import type { Scope } from '@proscenium/model';
import type { Clock } from '../clock.ts';
import { channelPath } from './channel-path.ts';

/** Players read the playlist of a live stream once a segment, which is ten seconds at most. */
const WINDOW_MS = 30_000;
/** Of one channel: where there are more, those who came last are counted. */
export const MAXIMUM_VIEWERS = 100_000;

/** Who watches which channel: whoever has read its playlist lately. */
export class ChannelViewers {
  readonly #own: Scope;
  readonly #clock: Clock;
  /** By path of the channel and name of the viewer: when it was seen last. The longest ago comes first. */
  readonly #seen = new Map<string, Map<string, number>>();

  /** @param own account and region of the server */
  constructor(own: Scope, clock: Clock) {
    this.#own = own;
    this.#clock = clock;
  }

  /** @param path of a channel that there is */
  see(path: string, viewer: string): void {
    const viewers = this.#seen.get(path) ?? this.#begin(path);
    viewers.delete(viewer);
    viewers.set(viewer, this.#clock.now().getTime());
    this.#forget(path, viewers);
  }

  count(channelArn: string): number {
    const path = channelPath(channelArn, this.#own);
    const viewers = this.#seen.get(path);
    if (viewers === undefined) return 0;
    this.#forget(path, viewers);
    return viewers.size;
  }

  /** Nobody else looks after channels that nobody watches any more. */
  #begin(path: string): Map<string, number> {
    for (const [other, viewers] of this.#seen) this.#forget(other, viewers);
    const viewers = new Map<string, number>();
    this.#seen.set(path, viewers);
    return viewers;
  }

  /** Those who have not been seen for a while, and whoever is too many. */
  #forget(path: string, viewers: Map<string, number>): void {
    const since = this.#clock.now().getTime() - WINDOW_MS;
    for (const [viewer, seenMs] of viewers) {
      if (seenMs >= since && viewers.size <= MAXIMUM_VIEWERS) break;
      viewers.delete(viewer);
    }
    if (viewers.size === 0) this.#seen.delete(path);
  }
}
