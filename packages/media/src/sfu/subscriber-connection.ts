import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { type CodecName, routerCodec } from '../webrtc/codecs.ts';
import type { MediaKind, RemoteDescription } from '../webrtc/remote-description.ts';
import { type OfferedSection, writeServerOffer } from '../webrtc/server-offer.ts';
import type { ClientTransport, EndReason } from './client-transport.ts';
import { type DeliveredMedia, deliveredOver } from './delivered-media.ts';
import type { DeliveryLease } from './delivery.ts';
import type { Publication } from './publication.ts';
import { type LayersReport, SentStream, type StreamChoice } from './sent-stream.ts';

/** An offer on its way to the client, to be answered with the same `transportId` and `offerId`. */
export interface SubscriberOffer {
  readonly transportId: string;
  readonly offerId: number;
  readonly sdp: string;
  readonly tracks: readonly { readonly mid: string; readonly participantId: string; readonly kind: MediaKind }[];
}

/** A stream that is to be sent. */
export interface WantedStream {
  readonly publisher: Publication;
  readonly kind: MediaKind;
  readonly producer: types.Producer;
  readonly codec: CodecName;
  readonly choice: StreamChoice;
}

export interface SubscriberConnectionEvents {
  offer: [offer: SubscriberOffer];
  connected: [];
  layers: [report: LayersReport];
  ended: [reason: EndReason];
}

export interface SubscriberConnectionOptions {
  readonly maximumBitrateBps: number;
  readonly answerTimeoutMs: number;
}

/** A section of the offer. Closed ones keep their place until a new stream takes it under a new mid (RFC 8829 §5.2.2). */
interface Slot {
  kind: MediaKind;
  mid: string;
  /** Its last stream was taken out by an offer that the client has answered. */
  reusable: boolean;
  stream: SentStream | undefined;
}

/** What a layer may have that was not measured yet: the most that the web client sends of one. */
const UNMEASURED_LAYER_BPS = 2_500_000;
/** A client whose network comes and goes is not offered anew more often. */
const RESTART_INTERVAL_MS = 1_000;
/** So long the estimate is held up for who wants to begin with the highest layer; what does not get through then falls. */
const START_HIGH_MS = 3_000;
/** The worker takes no less; a layer that has only begun is measured as next to nothing. */
const LOWEST_ESTIMATE_BPS = 30_000;

/**
 * The one connection over which a subscriber receives everything, by offers of ours. At most one offer is under way at a
 * time.
 */
export class SubscriberConnection extends EventEmitter<SubscriberConnectionEvents> {
  readonly #lease: DeliveryLease;
  readonly #transport: ClientTransport;
  readonly #options: SubscriberConnectionOptions;
  readonly #slots: Slot[] = [];
  #nextMid = 0;
  #offerId = 0;
  /** The last offer, while its answer is awaited or being applied. */
  #pending: { readonly offer: SubscriberOffer; readonly timer: NodeJS.Timeout; answered: boolean } | undefined;
  /** The client's fingerprint is known: it comes with the first answer and stays. */
  #handshaking = false;
  #restartWanted = false;
  #restartAskedMs: number | undefined;
  #startHighTimer: NodeJS.Timeout | undefined;

  /** @param transport on the lease's router; belongs to the connection from now on */
  constructor(lease: DeliveryLease, transport: ClientTransport, options: SubscriberConnectionOptions) {
    super();
    this.#lease = lease;
    this.#transport = transport;
    this.#options = options;
    transport.once('connected', () => this.emit('connected'));
    transport.once('ended', (reason) => {
      clearTimeout(this.#pending?.timer);
      clearTimeout(this.#startHighTimer);
      for (const slot of this.#slots) slot.stream = undefined;
      this.emit('ended', reason);
    });
  }

  /** Keeps it within the most that a subscriber gets. */
  async limit(): Promise<void> {
    const { maximumBitrateBps } = this.#options;
    if (maximumBitrateBps < Infinity) await this.#transport.transport.setMaxOutgoingBitrate(maximumBitrateBps);
  }

  get id(): string {
    return this.#transport.id;
  }

  get ended(): boolean {
    return this.#transport.ended;
  }

  /** An offer is under way: nothing else may be changed. */
  get busy(): boolean {
    return this.#pending !== undefined;
  }

  get streams(): SentStream[] {
    return this.#slots.flatMap(({ stream }) => stream ?? []);
  }

  /** What the connection is estimated to carry; undefined without an estimate. */
  async estimatedBitrateBps(): Promise<number | undefined> {
    const [stats] = await this.#transport.transport.getStats();
    return stats?.availableOutgoingBitrate;
  }

  /** @param audioBps what comes in of a publisher's audio. @returns undefined when it has ended */
  async delivered(audioBps: (participantId: string) => number): Promise<DeliveredMedia | undefined> {
    const [stats] = await this.#transport.transport.getStats().catch(() => []); // its end tells
    if (!stats) return undefined;
    const sent = this.streams.filter(
      ({ started, consumer }) => started && !consumer.paused && !consumer.producerPaused,
    );
    const audio = sent.filter(({ kind }) => kind === 'audio');
    const audioSumBps = audio.reduce((sum, { participantId }) => sum + audioBps(participantId), 0);
    return deliveredOver(stats, audio.length < sent.length ? audioSumBps : undefined);
  }

  /** Makes room for so many streams. */
  resize(streams: number): void {
    this.#lease.resize(streams);
  }

  remove(stream: SentStream): void {
    stream.close();
    for (const slot of this.#slots) if (slot.stream === stream) slot.stream = undefined;
  }

  /**
   * Adds a stream to what is offered next. One that ends meanwhile is left out.
   *
   * @param decodable the codecs that the client decodes
   */
  async add(wanted: WantedStream, decodable: ReadonlySet<CodecName>): Promise<void> {
    const { publisher, kind, producer, choice } = wanted;
    const mid = String(this.#nextMid++);
    const consume = async () => {
      const copy = await this.#lease.pipe(producer);
      const rtpCapabilities = this.#capabilities(decodable);
      const wanted = { producerId: copy.id, rtpCapabilities, mid, paused: true };
      const consumer = await this.#transport.transport.consume(wanted);
      if (!this.ended) return new SentStream(publisher, kind, producer.id, copy, consumer, choice);
      // The library would never close it: its transport was closed before it was there.
      consumer.close();
      return undefined;
    };
    const stream = await consume().catch((error) => {
      if (!producer.closed && !this.ended) throw error;
    });
    if (!stream) return;
    stream.on('layers', (report) => this.emit('layers', report));
    try {
      await stream.prepare();
    } catch (error) {
      stream.close();
      if (!producer.closed && !this.ended) throw error;
    }
    if (stream.closed) return;
    const free = this.#slots.find((slot) => slot.reusable);
    if (free) Object.assign(free, { kind, mid, stream, reusable: false });
    else this.#slots.push({ kind, mid, stream, reusable: false });
  }

  /** The next offer is to bring new ICE credentials. Asking more often than once a second changes nothing. */
  askForRestart(): void {
    const now = performance.now();
    if (this.#restartAskedMs !== undefined && now - this.#restartAskedMs < RESTART_INTERVAL_MS) return;
    this.#restartAskedMs = now;
    this.#restartWanted = true;
  }

  /** Makes new ICE credentials where they were asked for. @returns whether they are to be offered */
  async restartIceIfAsked(): Promise<boolean> {
    if (!this.#restartWanted) return false;
    this.#restartWanted = false;
    await this.#transport.restartIce();
    return true;
  }

  /** Offers what is there now. */
  offer(): void {
    const offerId = ++this.#offerId;
    const { rtpCapabilities } = this.#lease.router;
    const sections = this.#slots.map(
      ({ kind, mid, stream }): OfferedSection => ({
        kind,
        mid,
        stream: stream && { participantId: stream.participantId, rtpParameters: stream.consumer.rtpParameters },
      }),
    );
    const offer: SubscriberOffer = {
      transportId: this.id,
      offerId,
      sdp: writeServerOffer(this.#transport.local, '1', offerId, rtpCapabilities, sections),
      tracks: this.#slots.flatMap(({ kind, mid, stream }) =>
        stream ? [{ mid, participantId: stream.participantId, kind }] : [],
      ),
    };
    const timer = setTimeout(() => this.close(), this.#options.answerTimeoutMs);
    this.#pending = { offer, timer, answered: false };
    this.emit('offer', offer);
  }

  /** Tells once more what is under way and what was told: the client came back by another way of signalling. */
  resend(): void {
    if (this.#pending && !this.#pending.answered) this.emit('offer', this.#pending.offer);
    for (const stream of this.streams) stream.reportAgain();
  }

  /** Whether this offer waits for its answer: any other answer is late. */
  awaits(offerId: number): boolean {
    return this.#pending?.offer.offerId === offerId && !this.#pending.answered;
  }

  /**
   * Takes the client's answer to the offer that waits for it, and sends what it accepts.
   *
   * @returns the streams that it does not accept, which are removed
   * @throws what went wrong with the connection, which is of no more use
   */
  async answer(description: RemoteDescription): Promise<SentStream[]> {
    if (this.#pending) this.#pending.answered = true;
    clearTimeout(this.#pending?.timer);
    const refused = await this.#apply(description);
    // Until here the offer counts as under way: nothing else touches the connection.
    this.#pending = undefined;
    return refused;
  }

  close(): void {
    this.#transport.close();
  }

  async #apply({ dtlsParameters, sections }: RemoteDescription): Promise<SentStream[]> {
    if (!this.#handshaking) {
      this.#handshaking = true;
      await this.#transport.connect(dtlsParameters);
    }
    const refused: SentStream[] = [];
    const starting: SentStream[] = [];
    for (const slot of this.#slots) {
      slot.reusable = !slot.stream;
      if (!slot.stream) continue;
      const section = sections.find(({ mid }) => mid === slot.mid);
      const accepted = section?.offered && section.direction !== 'inactive';
      if (!accepted) refused.push(slot.stream);
      else if (!slot.stream.started) starting.push(slot.stream);
    }
    for (const stream of refused) this.remove(stream);
    if (starting.some(({ startsHigh }) => startsHigh)) await this.#startHigh();
    for (const stream of starting) await stream.start();
    return refused;
  }

  /** The estimate begins low, and streams that are to begin high would wait for it. */
  async #startHigh(): Promise<void> {
    const wanted = this.streams.filter(({ startsHigh }) => startsHigh).map(({ layers }) => layers?.list.at(-1));
    const sum = wanted.reduce((total, layer) => total + (layer?.bitrateBps ?? UNMEASURED_LAYER_BPS), 0);
    const bitrateBps = Math.max(sum, LOWEST_ESTIMATE_BPS);
    const { transport } = this.#transport;
    clearTimeout(this.#startHighTimer);
    await transport.setMinOutgoingBitrate(Math.min(bitrateBps, this.#options.maximumBitrateBps));
    this.#startHighTimer = setTimeout(() => {
      // Fails only when the connection has ended.
      transport.setMinOutgoingBitrate(0).catch(() => undefined);
    }, START_HIGH_MS);
  }

  #capabilities(decodable: ReadonlySet<CodecName>): types.RtpCapabilities {
    const mimeTypes = new Set([...decodable].map((name) => routerCodec(name).mimeType.toLowerCase()));
    const { codecs = [], headerExtensions = [] } = this.#lease.router.rtpCapabilities;
    return {
      codecs: codecs.filter(({ mimeType }) => mimeTypes.has(mimeType.toLowerCase()) || mimeType === 'video/rtx'),
      headerExtensions,
    };
  }
}
