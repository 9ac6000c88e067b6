import { setTimeout as sleep } from 'node:timers/promises';
import { readToken } from './clients/participant-token.ts';
import { type PostSubscriber, subscribeByPost } from './clients/post-subscriber.ts';
import { Publisher } from './clients/publisher.ts';
import type { Receiver, ReceiverOptions } from './clients/receiver.ts';
import { postTo, Refused } from './clients/signalling.ts';
import { StageSubscriber } from './clients/stage-subscriber.ts';
import { createIdentity } from './connection/identity.ts';
import { percentile } from './percentile.ts';
import { nowMs } from './stream/clock.ts';
import type { VideoSettings } from './stream/video-source.ts';

export interface LoadOptions {
  /** Tokens of participants who publish, with WHIP. */
  readonly publisherTokens: readonly string[];
  /** Tokens of participants who subscribe to all of those. */
  readonly subscriberTokens: readonly string[];
  /** By a POST for each publisher, or over the events socket. */
  readonly subscribeBy: 'post' | 'socket';
  readonly video: VideoSettings;
  readonly audio: boolean;
  /** From the moment at which all are connected. */
  readonly durationMs: number;
  readonly openEveryPictures: number;
}

export interface LoadResult {
  readonly sent: number;
  /** That carried packets: of each subscriber, a picture and maybe sound of each publisher. */
  readonly streams: number;
  readonly received: number;
  /** After all: they were sent again. */
  readonly repaired: number;
  readonly lost: number;
  readonly opened: number;
  readonly notAuthentic: number;
  /** From a publisher to a subscriber. NaN when nothing was measured. */
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  /** From the wish to the first packet, and to the first whole key frame. */
  readonly firstPacketMs: { readonly p50: number; readonly p99: number };
  readonly firstKeyFrameMs: { readonly p50: number; readonly p99: number };
}

/** A publisher can be subscribed to once its first packet is there. */
const PUBLISHER_GUARD_MS = 10_000;
const RETRY_MS = 50;

/** Puts publishers and subscribers on a stage, and tells what came. @throws what any of them throws; all are ended then */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { publisherTokens, subscriberTokens, subscribeBy, durationMs, openEveryPictures, video, audio } = options;
  const identity = await createIdentity();
  const ends: (() => Promise<void>)[] = [];
  try {
    const publishers: Publisher[] = [];
    for (const token of publisherTokens) {
      const publisher = await Publisher.start(postTo(readToken(token).whipUrl, token), { identity, video, audio });
      ends.push(() => publisher.stop());
      publishers.push(publisher);
    }
    const receivers: { receiver: Receiver; wishedMs: number }[] = [];
    const publisherIds = publisherTokens.map((token) => readToken(token).participantId);
    for (const token of subscriberTokens) {
      const subscribe = subscribeBy === 'post' ? subscribeByPosts : subscribeBySocket;
      receivers.push(...(await subscribe(token, publisherIds, { identity, openEveryPictures }, ends)));
    }
    await sleep(durationMs);
    return summarize(publishers, receivers);
  } finally {
    await Promise.all(ends.toReversed().map((end) => end()));
  }
}

async function subscribeByPosts(
  token: string,
  publisherIds: readonly string[],
  options: ReceiverOptions,
  ends: (() => Promise<void>)[],
) {
  const receivers: { receiver: Receiver; wishedMs: number }[] = [];
  for (const id of publisherIds) {
    const wishedMs = nowMs();
    const subscriber = await onceThere(() =>
      subscribeByPost(postTo(`${readToken(token).whipUrl}/subscribe/${id}`, token), ['audio', 'video'], options),
    );
    ends.push(() => subscriber.stop());
    receivers.push({ receiver: subscriber.receiver, wishedMs });
  }
  return receivers;
}

async function subscribeBySocket(
  token: string,
  publisherIds: readonly string[],
  options: ReceiverOptions,
  ends: (() => Promise<void>)[],
) {
  const subscriber = await StageSubscriber.join(token, options);
  ends.push(() => subscriber.stop());
  const wishedMs = nowMs();
  const receiver = await new Promise<Receiver>((resolve, reject) => {
    subscriber.once('connected', resolve);
    subscriber.once('failed', reject);
    subscriber.once('closed', (code, reason) => reject(new Error(`The server closed a socket: ${code} ${reason}`)));
    subscriber.subscribe(publisherIds);
  });
  return [{ receiver, wishedMs }];
}

/** Asks again while the server knows no such publisher. */
async function onceThere(subscribe: () => Promise<PostSubscriber>): Promise<PostSubscriber> {
  const deadline = performance.now() + PUBLISHER_GUARD_MS;
  for (;;) {
    try {
      return await subscribe();
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404 || performance.now() > deadline) throw error;
    }
    await sleep(RETRY_MS);
  }
}

function summarize(
  publishers: readonly Publisher[],
  receivers: readonly { receiver: Receiver; wishedMs: number }[],
): LoadResult {
  const all = receivers.map(({ receiver, wishedMs }) => ({ ...receiver.received, wishedMs }));
  const sum = (figure: 'streams' | 'received' | 'repaired' | 'lost' | 'opened' | 'notAuthentic') =>
    all.reduce((total, each) => total + each[figure], 0);
  const spread = (values: readonly number[]) => ({ p50: percentile(values, 0.5), p99: percentile(values, 0.99) });
  return {
    sent: publishers.reduce((total, { sent }) => total + sent, 0),
    streams: sum('streams'),
    received: sum('received'),
    repaired: sum('repaired'),
    lost: sum('lost'),
    opened: sum('opened'),
    notAuthentic: sum('notAuthentic'),
    latencyMs: spread(all.flatMap(({ latenciesMs }) => latenciesMs)),
    firstPacketMs: spread(all.flatMap(({ firstPacketMs, wishedMs }) => (firstPacketMs ?? Number.NaN) - wishedMs)),
    firstKeyFrameMs: spread(all.flatMap(({ firstKeyFrameMs, wishedMs }) => (firstKeyFrameMs ?? Number.NaN) - wishedMs)),
  };
}
