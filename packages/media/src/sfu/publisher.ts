import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { types } from 'mediasoup';
import type { VideoFacts } from '../rtp/index.ts';
import type { CodecName } from '../webrtc/codecs.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';
import { BitrateMeter } from './bitrate-meter.ts';
import type { ClientTransportEvents } from './client-transport.ts';
import type { PlacedRouter } from './delivery-router.ts';
import type { IngestViolation } from './ingest-source.ts';
import { namedEncodings } from './layers/named-encodings.ts';
import type { PublishedLayers } from './layers/published-layers.ts';
import { codecsOf, type Publication, type PublicationEvents } from './publication.ts';
import { describeStreams, type PublishedStream } from './published-stream.ts';
import { PublishedVideo } from './published-video.ts';

export interface PublisherEvents extends PublicationEvents {
  /** What carries it is up. */
  connected: [];
  /** What a layer of the video is, as its bitstream says, became known or changed. */
  video: [layer: number, facts: VideoFacts];
  /** What came together, on average over the last ten seconds; told every few seconds, of all that was measured. */
  bitrate: [averageBps: number];
  /** What comes can never be shown, as its sender's side tells by itself. It ends after that. */
  violation: [violation: IngestViolation];
}

/** What carries a publisher's streams. */
export interface PublishTransport extends Pick<EventEmitter<ClientTransportEvents>, 'once'> {
  readonly transport: types.Transport;
  readonly connected: boolean;
  readonly ended: boolean;
  /** Closing twice does nothing. @param reason for a sender that can be told */
  close(reason?: string): void;
}

/** A sender whose layers change more often goes on as it is. */
const MAXIMUM_REMAKES = 3;

interface VideoLayers {
  readonly encodings: readonly types.RtpEncodingParameters[];
  /** The sender's names of them. */
  readonly rids: readonly (string | undefined)[];
}

export interface PublishIdentity {
  readonly participantId: string;
  readonly publishId: string;
}

export interface PublisherParts extends PublishIdentity {
  readonly transport: PublishTransport;
  readonly origin: PlacedRouter;
  readonly producers: Map<MediaKind, types.Producer>;
  readonly video: PublishedVideo | undefined;
}

/**
 * What one participant sends into a stage: at most one audio and one video stream over one connection. How they come is the
 * matter of those who extend it.
 */
export class Publisher extends EventEmitter<PublisherEvents> implements Publication {
  readonly participantId: string;
  /** Where it is received. */
  readonly origin: PlacedRouter;
  readonly #publishId: string;
  readonly #transport: PublishTransport;
  readonly #producers: Map<MediaKind, types.Producer>;
  readonly #meter: BitrateMeter;
  readonly #live = new Set<MediaKind>();
  readonly #paused = new Set<MediaKind>();
  #video: PublishedVideo | undefined;
  /** How often its video was received anew while it was there. */
  #remakes = 0;
  /** One after the other. */
  #remaking: Promise<void> = Promise.resolve();

  protected constructor(parts: PublisherParts) {
    super();
    this.setMaxListeners(0); // one listener for each subscription
    this.participantId = parts.participantId;
    this.origin = parts.origin;
    this.#publishId = parts.publishId;
    this.#transport = parts.transport;
    this.#producers = parts.producers;
    for (const [kind, producer] of parts.producers) this.#listenTo(kind, producer);
    this.#watch(parts.video);
    parts.transport.once('connected', () => this.emit('connected'));
    this.#meter = new BitrateMeter(() => [...parts.producers.values()]);
    this.#meter.on('bitrate', (averageBps) => this.emit('bitrate', averageBps));
    parts.transport.once('ended', (reason) => {
      this.#meter.stop();
      this.emit('ended', reason);
    });
  }

  get publishId(): string {
    return this.#remakes === 0 ? this.#publishId : `${this.#publishId}.${this.#remakes}`;
  }

  get producers(): ReadonlyMap<MediaKind, types.Producer> {
    return this.#producers;
  }

  get sources(): ReadonlyMap<MediaKind, types.Producer> {
    return this.#producers;
  }

  get kinds(): MediaKind[] {
    return (['audio', 'video'] as const).filter((kind) => this.#live.has(kind));
  }

  /** What each layer of the video is, as far as it was looked at. */
  get video(): ReadonlyMap<number, VideoFacts> {
    return this.#video?.facts ?? new Map();
  }

  get layers(): PublishedLayers | undefined {
    return this.#video?.layers;
  }

  get audioBitrateBps(): number {
    const producerId = this.#producers.get('audio')?.id;
    return this.#meter.streams.find((stream) => stream.producerId === producerId)?.bitrateBps ?? 0;
  }

  /** Each stream and layer that was negotiated, as it comes in. */
  get streams(): PublishedStream[] {
    return [...this.#producers.values()].flatMap((producer) =>
      describeStreams(producer, this.#meter.streams, this.#video),
    );
  }

  get connected(): boolean {
    return this.#transport.connected;
  }

  get ended(): boolean {
    return this.#transport.ended;
  }

  get codecs(): Map<MediaKind, CodecName> {
    return codecsOf(this.#producers);
  }

  /** Holds a muted stream back: it costs its subscribers nothing until it is resumed. */
  async setPaused(kind: MediaKind, paused: boolean): Promise<void> {
    if (paused) this.#paused.add(kind);
    else this.#paused.delete(kind);
    const producer = this.#producers.get(kind);
    if (!producer || producer.closed) return;
    // Asked for even when it seems to be so already: an earlier call may still be on its way.
    await (paused ? producer.pause() : producer.resume());
  }

  /** @param reason for a sender that can be told: an encoder is */
  close(reason?: string): void {
    this.#transport.close(reason);
  }

  /** The video of another producer, whose packets are looked at. @throws when it closes meanwhile */
  protected look(producer: types.Producer, rids: readonly (string | undefined)[]): Promise<PublishedVideo> {
    return PublishedVideo.create(this.origin.router, producer, rids);
  }

  /** Receives the video anew with other layers, the lowest first: a producer cannot change its own. */
  protected takeLayers(ssrcs: readonly number[]): Promise<void> {
    return this.#remakeVideo(async ({ producer }) => {
      const present = producer.rtpParameters.encodings?.map(({ ssrc }) => ssrc);
      if (isDeepStrictEqual(ssrcs, present)) return undefined;
      return { encodings: ssrcs.map((ssrc) => ({ ssrc })), rids: ssrcs.map(() => undefined) };
    });
  }

  #listenTo(kind: MediaKind, producer: types.Producer): void {
    producer.on('score', () => this.#heard(kind));
  }

  #watch(video: PublishedVideo | undefined): void {
    this.#video = video;
    video?.on('facts', (layer, facts) => this.emit('video', layer, facts));
    video?.on('misordered', (order) => void this.#reorder(video, order));
  }

  #heard(kind: MediaKind): void {
    if (this.#live.has(kind) || this.ended) return;
    this.#live.add(kind);
    if (kind === 'video') this.#video?.start();
    this.#meter.start();
    this.emit('media', kind);
  }

  /** Receives the video anew with its layers in the right order. */
  async #reorder(video: PublishedVideo, order: readonly number[]): Promise<void> {
    await this.#remakeVideo(async (present) => {
      if (present !== video) return undefined;
      const { encodings = [] } = video.producer.rtpParameters;
      const named = namedEncodings(encodings, await video.producer.getStats(), order);
      return { encodings: named, rids: order.map((index) => video.layers?.list[index]?.rid) };
    });
  }

  /** @param layersFor tells those that it is to have; undefined: it stays as it is */
  #remakeVideo(layersFor: (present: PublishedVideo) => Promise<VideoLayers | undefined>): Promise<void> {
    this.#remaking = this.#remaking.then(async () => {
      const video = this.#video;
      if (!video || video.producer.closed || this.#remakes === MAXIMUM_REMAKES) return;
      try {
        const layers = await layersFor(video);
        if (layers) await this.#receiveAnew(video.producer, layers);
      } catch {
        // Without its video the publish is of no use: unless it has ended anyway, its client begins another one.
        this.close();
      }
    });
    return this.#remaking;
  }

  async #receiveAnew(producer: types.Producer, { encodings, rids }: VideoLayers): Promise<void> {
    const rtpParameters = { ...producer.rtpParameters, encodings: [...encodings] };
    producer.close(); // its SSRCs are free for the next one
    const next = await produce(this.#transport, { kind: 'video', rtpParameters });
    this.#producers.set('video', next);
    this.#listenTo('video', next);
    await this.setPaused('video', this.#paused.has('video'));
    this.#watch(await this.look(next, rids));
    // Nobody has it yet who would have to receive it anew.
    if (!this.#live.has('video')) return;
    this.#remakes += 1;
    this.#video?.start();
    this.emit('remade');
  }
}

/** Takes a stream from a transport. @throws when the transport is gone */
export async function produce(
  connection: Pick<PublishTransport, 'transport' | 'ended'>,
  options: types.ProducerOptions,
): Promise<types.Producer> {
  const producer = await connection.transport.produce(options);
  if (!connection.ended) return producer;
  producer.close(); // what is made too late does not close by itself
  throw new Error('the connection ended while a stream was taken from it');
}
