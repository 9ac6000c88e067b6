import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import type { VideoFacts } from '../rtp/index.ts';
import { type CodecName, codecOf } from '../webrtc/codecs.ts';
import type { PublishOffer } from '../webrtc/publish.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';
import type { ClientTransport, EndReason } from './client-transport.ts';
import { VideoTap } from './video-tap.ts';

export interface PublisherEvents {
  /** ICE and DTLS are up. */
  connected: [];
  /** The first packet of this kind arrived. A section that was negotiated but never carries a packet is no media. */
  media: [kind: MediaKind];
  /** What a layer of the video is, as its bitstream says, became known or changed. */
  video: [layer: number, facts: VideoFacts];
  ended: [reason: EndReason];
}

/** What one participant sends into a stage: at most one audio and one video stream over one connection. */
export class Publisher extends EventEmitter<PublisherEvents> {
  readonly participantId: string;
  /** Changes with each publish, so that a quick republish is seen. */
  readonly publishId: string;
  /** The SDP answer for the client. */
  readonly answer: string;
  readonly #transport: ClientTransport;
  readonly #producers: ReadonlyMap<MediaKind, types.Producer>;
  readonly #tap: VideoTap | undefined;
  readonly #live = new Set<MediaKind>();
  readonly #video = new Map<number, VideoFacts>();

  private constructor(
    identity: { participantId: string; publishId: string },
    answer: string,
    transport: ClientTransport,
    producers: ReadonlyMap<MediaKind, types.Producer>,
    tap: VideoTap | undefined,
  ) {
    super();
    this.setMaxListeners(0); // one listener for each subscription
    this.participantId = identity.participantId;
    this.publishId = identity.publishId;
    this.answer = answer;
    this.#transport = transport;
    this.#producers = producers;
    this.#tap = tap;
    tap?.on('facts', (layer, facts) => {
      this.#video.set(layer, facts);
      this.emit('video', layer, facts);
    });
    for (const [kind, producer] of producers) {
      producer.on('score', () => this.#heard(kind));
    }
    transport.once('connected', () => this.emit('connected'));
    transport.once('ended', (reason) => this.emit('ended', reason));
  }

  /** @param transport belongs to the publisher from now on, also when this throws */
  static async create(
    identity: { participantId: string; publishId: string },
    offer: PublishOffer,
    transport: ClientTransport,
    router: types.Router,
    maximumBitrateBps: number,
  ): Promise<Publisher> {
    try {
      await transport.transport.setMaxIncomingBitrate(maximumBitrateBps);
      const producers = new Map<MediaKind, types.Producer>();
      for (const { kind, rtpParameters } of offer.streams) {
        producers.set(kind, await transport.transport.produce({ kind, rtpParameters }));
      }
      const video = producers.get('video');
      const tap = video && (await VideoTap.create(router, video));
      await transport.connect(offer.dtlsParameters);
      const answer = offer.answer(transport.local, identity.publishId.replace(/\D/g, '').slice(0, 15) || '1');
      return new Publisher(identity, answer, transport, producers, tap);
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  get producers(): ReadonlyMap<MediaKind, types.Producer> {
    return this.#producers;
  }

  /** The kinds that carry packets. */
  get kinds(): MediaKind[] {
    return (['audio', 'video'] as const).filter((kind) => this.#live.has(kind));
  }

  /** What each layer of the video is, as far as it was looked at. */
  get video(): ReadonlyMap<number, VideoFacts> {
    return this.#video;
  }

  get connected(): boolean {
    return this.#transport.connected;
  }

  get ended(): boolean {
    return this.#transport.ended;
  }

  /** The codec of each negotiated stream. */
  get codecs(): Map<MediaKind, CodecName> {
    return new Map([...this.#producers].map(([kind, producer]) => [kind, codecOf(producer.rtpParameters)]));
  }

  /** Holds a muted stream back: it costs its subscribers nothing until it is resumed. */
  async setPaused(kind: MediaKind, paused: boolean): Promise<void> {
    const producer = this.#producers.get(kind);
    if (!producer || producer.closed) return;
    // Asked for even when it seems to be so already: an earlier call may still be on its way.
    await (paused ? producer.pause() : producer.resume());
  }

  close(): void {
    this.#transport.close();
  }

  #heard(kind: MediaKind): void {
    if (this.#live.has(kind) || this.ended) return;
    this.#live.add(kind);
    if (kind === 'video') this.#tap?.start();
    this.emit('media', kind);
  }
}
