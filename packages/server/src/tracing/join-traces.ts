import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import type { Publisher, Subscriber, Subscription } from '@proscenium/media';
import type { FastifyInstance } from 'fastify';
import type { AlarmClock } from '../clock.ts';
import { stageKey } from '../participants/live-stages.ts';
import type { JoinTracing, TracedParticipant } from './join-tracing.ts';
import { Span, type SpanOptions } from './span.ts';
import type { SpanExporter } from './span-exporter.ts';
import { readTraceparent, type SpanContext } from './trace-context.ts';

/** A request that is followed. */
interface Followed {
  readonly span: Span;
  /** Set when the span goes on after the answer: somebody else ends it. */
  outlives: boolean;
}

/** Of joins by sockets, to which belongs what their participants do next; older ones are forgotten. */
const MAXIMUM_JOINS_KNOWN = 1_000;
/** Between two looks whether packets are sent. */
const LOOK_INTERVAL_MS = 20;
/** A publisher that sends nothing leaves its subscribers without a first packet. */
const LONGEST_WAIT_MS = 10_000;

/** Follows joins by spans: one for each request, until the first packet, with its parts. */
export class JoinTraces implements JoinTracing {
  readonly #clock: AlarmClock;
  readonly #exporter: Pick<SpanExporter, 'add' | 'close'>;
  readonly #underWay = new AsyncLocalStorage<Followed>();
  readonly #joins = new Map<string, SpanContext>();

  constructor(exporter: Pick<SpanExporter, 'add' | 'close'>, clock: AlarmClock) {
    this.#exporter = exporter;
    this.#clock = clock;
  }

  readonly step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const followed = this.#underWay.getStore();
    // What a request has set in motion for later is no part of it.
    if (!followed || followed.span.ended) return work();
    const span = this.#begin(name, { parent: followed.span.context });
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
      const followed = this.#follow(route.includes('/subscribe/') ? 'subscribe' : 'publish', request.headers, {
        'http.request.method': 'POST',
        'http.route': route,
      });
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

  async joinBySocket(headers: IncomingHttpHeaders, work: () => Promise<void>): Promise<void> {
    const followed = this.#follow('join', headers, { 'http.request.method': 'GET', 'http.route': '/events/:stageId' });
    await this.#underWay.run(followed, async () => {
      try {
        await work();
        followed.span.end();
      } catch (error) {
        fail(followed.span, error);
        throw error;
      }
    });
  }

  identify(participant: TracedParticipant): void {
    const span = this.#underWay.getStore()?.span;
    if (!span) return;
    span.note(attributesOf(participant));
    const key = keyOf(participant);
    this.#joins.delete(key);
    this.#joins.set(key, span.context);
    const [oldest] = this.#joins.keys();
    if (this.#joins.size > MAXIMUM_JOINS_KNOWN && oldest !== undefined) this.#joins.delete(oldest);
  }

  followPublish(publisher: Publisher): void {
    const span = this.#takeOver();
    if (!span) return;
    const connecting = this.#begin('connect', { parent: span.context });
    let waiting: Span | undefined;
    const connected = () => {
      connecting.end();
      waiting ??= this.#begin('first packet', { parent: span.context });
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
    const connecting = this.#begin('connect', { parent: span.context });
    subscription.once('connected', () => {
      connecting.end();
      this.#awaitPacket(span, subscription);
    });
    endWith(subscription, () => [connecting, span]);
  }

  followSubscriber(participant: TracedParticipant, subscriber: Subscriber): void {
    const parent = this.#joins.get(keyOf(participant));
    const span = this.#begin('subscribe', { parent, attributes: attributesOf(participant) });
    const negotiating = this.#begin('sfu.negotiate', { parent: span.context });
    let connecting: Span | undefined;
    subscriber.once('offer', () => {
      negotiating.end();
      connecting = this.#begin('connect', { parent: span.context });
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
    await this.#exporter.close();
  }

  #follow(name: string, headers: IncomingHttpHeaders, attributes: SpanOptions['attributes'] = {}): Followed {
    const parent = readTraceparent(headers.traceparent);
    return { span: this.#begin(name, { parent, kind: 'server', attributes }), outlives: false };
  }

  #begin(name: string, options: SpanOptions): Span {
    return new Span(name, options, this.#exporter.add);
  }

  /** @returns the span of the request under way, which is to be ended by the caller */
  #takeOver(): Span | undefined {
    const followed = this.#underWay.getStore();
    if (followed) followed.outlives = true;
    return followed?.span;
  }

  /** Ends a span with the first packet that is sent, to the worker's own reckoning of what it sends. */
  #awaitPacket(span: Span, receiver: Pick<Subscriber | Subscription, 'delivered'>): void {
    if (span.ended) return;
    const waiting = this.#begin('first packet', { parent: span.context });
    const untilMs = performance.now() + LONGEST_WAIT_MS;
    const end = (options?: { failed: boolean }) => {
      waiting.end(options);
      span.end(options);
    };
    const look = async () => {
      const { bitrateBps } = (await receiver.delivered()) ?? { bitrateBps: { audio: 0, video: 0 } };
      if (bitrateBps.audio + bitrateBps.video > 0) end();
      else if (span.ended || performance.now() > untilMs) end({ failed: true });
      else this.#clock.setAlarm(LOOK_INTERVAL_MS, () => void look());
    };
    void look();
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
