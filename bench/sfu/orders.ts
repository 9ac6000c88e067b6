import type { VideoSettings } from '@proscenium/load-test';

/** Where an offer goes, and by whose token. */
export interface Endpoint {
  readonly url: string;
  readonly token: string;
  /** Who offers when somebody subscribes. Default: the subscriber. */
  readonly offerer?: 'server';
}

/** What the generator is to do; it answers each order by one message before it takes the next one. */
export type Order =
  | { readonly kind: 'publish'; readonly endpoint: Endpoint; readonly video: VideoSettings }
  | { readonly kind: 'subscribe'; readonly endpoints: readonly Endpoint[]; readonly atOnce: number }
  | {
      readonly kind: 'join';
      readonly tokens: readonly string[];
      readonly publisherIds: readonly string[];
      readonly atOnce: number;
    }
  | { readonly kind: 'measure'; readonly durationMs: number }
  | { readonly kind: 'echo'; readonly port: number; readonly durationMs: number }
  | { readonly kind: 'stop' };

export interface Joined {
  readonly seconds: number;
  /** Those who came to nothing, which happens where one side is too busy to answer in time, or were not tried after these. */
  readonly failed: number;
  /** Of each, from the wish to the first packet and to the first whole key frame; NaN when none came in time. */
  readonly firstPacketMs: readonly number[];
  readonly firstKeyFrameMs: readonly number[];
  readonly cpuSeconds: number;
}

export interface Measured {
  readonly seconds: number;
  /** By all publishers. */
  readonly sent: number;
  /** By all subscribers. */
  readonly received: number;
  readonly lost: number;
  readonly notAuthentic: number;
  readonly opened: number;
  readonly latenciesMs: readonly number[];
  /** Of the generator. */
  readonly cpuSeconds: number;
}
