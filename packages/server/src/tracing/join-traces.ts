import { AsyncLocalStorage } from 'node:async_hooks';
import type { Publisher, Subscription } from '@proscenium/media';
import type { FastifyInstance } from 'fastify';
import type { AlarmClock } from '../clock.ts';
import { stageKey } from '../participants/live-stages.ts';
import type { JoinRequest, JoinTracing, TracedParticipant } from './join-tracing.ts';
import { PacketWatch, type WatchedReceiver } from './packet-watch.ts';
import { Span, type SpanOptions, timeSince } from './span.ts';
import type { SpanExporter } from './span-exporter.ts';
import { readTraceparent, type SpanContext } from './trace-context.ts';

/** A request that is followed. */
interface Followed {
  readonly span: Span;
  /** Set when the span goes on after the answer: somebody else ends it. */
  outlives: boolean;
  /** Whether what its participant does next belongs to it. */
  readonly isJoin: boolean;
}

/** What is sent to somebody by the server's offer. */
interface FollowedSubscriber extends WatchedReceiver {
  once(event: 'offer' | 'connected' | 'closed', listener: () => void): unknown;
}

/** Of joins by sockets, to which belongs what their participants do next; older ones are forgotten. */
const MAXIMUM_JOINS_KNOWN = 1_000;

/** Follows joins by spans: one for each request, until the first packet, with its parts. */
export class JoinTraces implements JoinTracing {
  readonly #clock: AlarmClock;
  readonly #exporter: Pick<SpanExporter, 'add' | 'close'>;
  readonly #underWay = new AsyncLocalStorage<Followed>();
  readonly #packets: PacketWatch;
  readonly #joins = new Map<string, SpanContext>();

  constructor(exporter: Pick<SpanExporter, 'add' | 'close'>, clock: AlarmClock) {
    this.#exporter = exporter;
    this.#clock = clock;
    this.#packets = new PacketWatch(clock);
  }

  readonly step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const followed = this.#underWay.getStore();
    // What a request has set in motion for later is no part of it.
    if (!followed || followed.span.ended) return work();
    const span = followed.span.child(name);
    try {
      const result = await work();
      span.end();
      return result;
    } catch (error) {
      fail(span, error);
      throw error;
    }
  };

  watch(app: FastifyInstance): void {
    const spans = new WeakMap<object, Followed>();
    app.addHook('onRequest', (request, _, done) => {
      if (request.method !== 'POST' || request.is404) return done();
      const route = request.routeOptions.url ?? '';
      const span = this.#begin(route.includes('/subscribe/') ? 'subscribe' : 'publish', {
        kind: 'server',
        parent: readTraceparent(request.headers.traceparent),
        attributes: { 'http.request.method': 'POST', 'http.route': route },
      });
      const followed = { span, outlives: false, isJoin: false };
      spans.set(request, followed);
      this.#underWay.run(followed, done);
    });
    app.addHook('onResponse', async (request, reply) => {
      const followed = spans.get(request);
      const { statusCode } = reply.raw;
      followed?.span.note({ 'http.response.status_code': statusCode });
      if (followed && !followed.outlives) followed.span.end({ failed: statusCode >= 400 });
    });
  }

  async joinBySocket(request: JoinRequest | undefined, work: () => Promise<void>): Promise<void> {
    const span = this.#begin('join', {
      kind: 'server',
      parent: readTraceparent(request?.headers.traceparent),
      attributes: request && { 'http.request.method': 'GET', 'http.route': request.route },
    });
    await this.#underWay.run({ span, outlives: false, isJoin: true }, async () => {
      try {
        await work();
        span.end();
      } catch (error) {
        fail(span, error);
        throw error;
      }
    });
  }

  identify(participant: TracedParticipant): void {
    const followed = this.#underWay.getStore();
    if (!followed) return;
    const { span, isJoin } = followed;
    span.note(attributesOf(participant));
    if (!isJoin) return;
    const key = keyOf(participant);
    this.#joins.delete(key);
    this.#joins.set(key, span.context);
    const [oldest] = this.#joins.keys();
    if (this.#joins.size > MAXIMUM_JOINS_KNOWN && oldest !== undefined) this.#joins.delete(oldest);
  }

  followPublish(publisher: Publisher): void {
    const span = this.#takeOver();
    if (!span) return;
    const connecting = span.child('connect');
    let waiting: Span | undefined;
    const connected = () => {
      connecting.end();
      waiting ??= span.child('first packet');
    };
    publisher.once('connected', connected);
    publisher.once('media', () => {
      connected();
      waiting?.end();
      span.end();
    });
    endWith(publisher, () => [connecting, waiting, span]);
    if (publisher.connected) connected();
  }

  followSubscription(subscription: Subscription): void {
    const span = this.#takeOver();
    if (!span) return;
    const connecting = span.child('connect');
    subscription.once('connected', () => {
      connecting.end();
      this.#awaitPacket(span, subscription);
    });
    endWith(subscription, () => [connecting, span]);
  }

  followSubscriber(participant: TracedParticipant, subscriber: FollowedSubscriber): void {
    const parent = this.#joins.get(keyOf(participant));
    const span = this.#begin('subscribe', { parent, attributes: attributesOf(participant) });
    const negotiating = span.child('sfu.negotiate');
    let connecting: Span | undefined;
    subscriber.once('offer', () => {
      negotiating.end();
      connecting = span.child('connect');
    });
    subscriber.once('connected', () => {
      connecting?.end();
      this.#awaitPacket(span, subscriber);
    });
    subscriber.once('closed', () => {
      for (const open of [negotiating, connecting, span]) open?.end({ failed: true });
    });
  }

  async close(): Promise<void> {
    this.#packets.close();
    await this.#exporter.close();
  }

  #begin(name: string, options: SpanOptions): Span {
    return new Span(name, options, { nowMs: timeSince(this.#clock.now()), onEnded: this.#exporter.add });
  }

  /** @returns the span of the request under way, which is to be ended by the caller */
  #takeOver(): Span | undefined {
    const followed = this.#underWay.getStore();
    if (followed) followed.outlives = true;
    return followed?.span;
  }

  /** Ends a span with the first packet that is sent; with the connection, where too many wait for theirs. */
  #awaitPacket(span: Span, receiver: WatchedReceiver): void {
    if (span.ended) return;
    // Of a trace that nobody keeps, nobody would learn it.
    if (!span.context.sampled || this.#packets.isFull) {
      span.end();
      return;
    }
    const waiting = span.child('first packet');
    const isOver = () => span.ended;
    void this.#packets.untilSent(receiver, isOver).then((isSent) => {
      for (const open of [waiting, span]) open.end({ failed: !isSent });
    });
  }
}

/** Whatever is open when the connection ends has failed. */
function endWith(
  media: { readonly ended: boolean; once(event: 'ended', listener: () => void): unknown },
  open: () => readonly (Span | undefined)[],
): void {
  const end = () => {
    for (const span of open()) span?.end({ failed: true });
  };
  if (media.ended) end();
  else media.once('ended', end);
}

function fail(span: Span, error: unknown): void {
  // The name alone: messages may quote what they are about.
  span.note({ 'error.type': error instanceof Error ? error.name : 'Error' });
  span.end({ failed: true });
}

function keyOf({ stage, participantId }: TracedParticipant): string {
  return `${stageKey(stage)}/${participantId}`;
}

function attributesOf({ stage, participantId }: TracedParticipant) {
  return { 'proscenium.stage.id': stage.stageId, 'proscenium.participant.id': participantId };
}
