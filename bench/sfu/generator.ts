/** Publishes and subscribes as it is told. A process of its own. */

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type PostSubscriber,
  Publisher,
  postTo,
  type Receiver,
  StageSubscriber,
  subscribeByPost,
  subscribeToOffer,
  VIDEO_DEFAULTS,
} from '@proscenium/load-test';
import { createIdentity } from '@proscenium/participant/connection';
import type { Endpoint, Joined, Measured, Order } from './orders.ts';

const FIRST_FRAME_GUARD_MS = 5_000;
/** Who has failed so often has no room for others. */
const MAXIMUM_FAILED = 8;
const openEveryPictures = 30;
const identity = await createIdentity();
const receiving = { identity, openEveryPictures };
const publishers: Publisher[] = [];
const receivers: Receiver[] = [];
let ends: (() => Promise<unknown>)[] = [];

async function carryOut(order: Order): Promise<unknown> {
  switch (order.kind) {
    case 'publish': {
      const { endpoint, video } = order;
      const publisher = await Publisher.start(postTo(endpoint.url, endpoint.token), { identity, video, audio: false });
      publishers.push(publisher);
      ends.push(() => publisher.stop());
      return {};
    }
    case 'subscribe':
      return join(order.endpoints, order.atOnce);
    case 'join':
      return joinBySocket(order.tokens, order.publisherIds, order.atOnce);
    case 'measure':
      return measure(order.durationMs);
    case 'echo':
      return echo(order.port, order.durationMs);
    case 'stop':
      await Promise.all(ends.map((end) => end()));
      ends = [];
      publishers.length = 0;
      receivers.length = 0;
      return {};
  }
}

async function join(endpoints: readonly Endpoint[], atOnce: number): Promise<Joined> {
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  const joined: { receiver: Receiver; wishedMs: number }[] = [];
  const left = [...endpoints];
  let failed = 0;
  const work = async () => {
    for (let endpoint = left.shift(); endpoint; endpoint = left.shift()) {
      const wishedMs = performance.timeOrigin + performance.now();
      const subscriber = await subscribe(endpoint).catch((error: Error) => console.error(String(error)));
      if (!subscriber) {
        failed += 1;
        if (failed >= MAXIMUM_FAILED) failed += left.splice(0).length;
        continue;
      }
      const { receiver, stop } = subscriber;
      ends.push(stop);
      receivers.push(receiver);
      joined.push({ receiver, wishedMs });
      if (atOnce === 1) await pause(receiver);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const seconds = (performance.now() - begin) / 1_000;
  const cpuSeconds = cpuSince(cpuBefore);
  await untilKeyFrames(joined.map(({ receiver }) => receiver));
  const since = (figure: 'firstPacketMs' | 'firstKeyFrameMs') =>
    joined.map(({ receiver, wishedMs }) => (receiver.received[figure] ?? Number.NaN) - wishedMs);
  return {
    seconds,
    failed,
    firstPacketMs: since('firstPacketMs'),
    firstKeyFrameMs: since('firstKeyFrameMs'),
    cpuSeconds,
  };
}

function subscribe({ url, token, offerer }: Endpoint): Promise<PostSubscriber> {
  if (offerer === 'server') return subscribeToOffer(url, receiving);
  return subscribeByPost(postTo(url, token), ['video'], receiving);
}

/**
 * Between those who join one by one: until the first picture of this one, and then at random, as people come. A publisher does
 * not send a key frame right after another one, so who came then would always wait.
 */
async function pause(receiver: Receiver): Promise<void> {
  await untilKeyFrames([receiver]);
  await sleep(Math.random() * 1_000 * VIDEO_DEFAULTS.keyFrameIntervalSeconds);
}

async function untilKeyFrames(awaited: readonly Receiver[]): Promise<void> {
  const deadline = performance.now() + FIRST_FRAME_GUARD_MS;
  while (awaited.some(({ received }) => received.firstKeyFrameMs === undefined) && performance.now() < deadline) {
    await sleep(20);
  }
}

async function joinBySocket(
  tokens: readonly string[],
  publisherIds: readonly string[],
  atOnce: number,
): Promise<object> {
  const left = tokens.entries();
  const work = async () => {
    for (const [index, token] of left) {
      const subscriber = await StageSubscriber.join(token, receiving);
      ends.push(() => subscriber.stop());
      const connected = once(subscriber, 'connected');
      subscriber.subscribe(publisherIds.filter((_, publisher) => publisher !== index));
      const [receiver] = await connected;
      receivers.push(receiver);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return {};
}

async function measure(durationMs: number): Promise<Measured> {
  for (const receiver of receivers) receiver.forgetLatencies();
  const before = totals();
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  await sleep(durationMs);
  const seconds = (performance.now() - begin) / 1_000;
  const cpuSeconds = cpuSince(cpuBefore);
  const after = totals();
  const grown = (figure: keyof typeof before) => after[figure] - before[figure];
  return {
    seconds,
    sent: grown('sent'),
    received: grown('received'),
    lost: grown('lost'),
    notAuthentic: grown('notAuthentic'),
    opened: grown('opened'),
    latenciesMs: receivers.flatMap(({ received }) => received.latenciesMs),
    cpuSeconds,
  };
}

function totals() {
  const all = receivers.map(({ received }) => received);
  const sum = (figure: 'received' | 'lost' | 'notAuthentic' | 'opened') =>
    all.reduce((total, each) => total + each[figure], 0);
  return {
    sent: publishers.reduce((total, { sent }) => total + sent, 0),
    received: sum('received'),
    lost: sum('lost'),
    notAuthentic: sum('notAuthentic'),
    opened: sum('opened'),
  };
}

/** What a datagram needs to another process and back, at the pace of a video. */
async function echo(port: number, durationMs: number): Promise<number[]> {
  const socket = createSocket('udp4');
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const latenciesMs: number[] = [];
  socket.on('message', (data) => latenciesMs.push(performance.now() - data.readDoubleBE()));
  const packet = Buffer.alloc(1_200);
  const end = performance.now() + durationMs;
  while (performance.now() < end) {
    packet.writeDoubleBE(performance.now());
    socket.send(Buffer.from(packet));
    await sleep(10);
  }
  socket.close();
  return latenciesMs;
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

process.on('message', (order: Order) => {
  carryOut(order).then(
    (result) => process.send?.({ result }),
    (error: Error) => process.send?.({ error: String(error.stack) }),
  );
});
process.send?.({ result: 'ready' });
