import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { MalformedMedia, parseRtpPacket, StreamTap, type VideoFacts } from '../rtp/index.ts';
import { codecOf } from '../webrtc/codecs.ts';

export interface VideoTapEvents {
  /** What a layer is became known, or changed. Layers count from 0, in the order of the publisher's encodings. */
  facts: [layer: number, facts: VideoFacts];
  /** A sample is over; layers of which pictures were heard, and their frames a second. */
  sampled: [framesPerSecond: ReadonlyMap<number, number>];
  closed: [];
}

export interface VideoTapTiming {
  /** How long is listened at a time; a picture group of the longest kind that is allowed goes into it. */
  readonly sampleMs: number;
  /** How long is not listened after that. */
  readonly pauseMs: number;
}

/** Each sample asks the publisher for a key frame of each layer, so there are few. */
const TIMING: VideoTapTiming = { sampleMs: 3_000, pauseMs: 30_000 };

/**
 * Looks into the packets of a publisher's video, all layers of it, now and then: handing all packets to this process would
 * cost more than forwarding them.
 */
export class VideoTap extends EventEmitter<VideoTapEvents> {
  readonly #transport: types.DirectTransport;
  readonly #consumer: types.Consumer;
  readonly #timing: VideoTapTiming;
  /** By SSRC, in the order of the layers. */
  readonly #layers: ReadonlyMap<number, StreamTap>;
  #timer: NodeJS.Timeout | undefined;

  private constructor(transport: types.DirectTransport, consumer: types.Consumer, timing: VideoTapTiming) {
    super();
    this.#transport = transport;
    this.#consumer = consumer;
    this.#timing = timing;
    const codec = codecOf(consumer.rtpParameters);
    const layers = new Map<number, StreamTap>();
    for (const [layer, { ssrc }] of (consumer.rtpParameters.encodings ?? []).entries()) {
      if (ssrc === undefined || codec === 'opus') continue;
      const tap = new StreamTap(codec);
      tap.on('facts', (facts) => this.emit('facts', layer, facts));
      layers.set(ssrc, tap);
    }
    this.#layers = layers;
    consumer.on('rtp', (data) => this.#hear(data));
    consumer.observer.once('close', () => this.#finish());
  }

  /** Is there as long as the producer. Does not listen before {@link start}. @throws when the producer closes meanwhile */
  static async create(router: types.Router, producer: types.Producer, timing = TIMING): Promise<VideoTap> {
    const transport = await router.createDirectTransport();
    try {
      const { rtpCapabilities } = router;
      const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities, pipe: true, paused: true });
      if (producer.closed || transport.closed) {
        consumer.close(); // what is made too late does not close by itself
        throw new Error('the producer closed while a tap was put on it');
      }
      return new VideoTap(transport, consumer, timing);
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  get closed(): boolean {
    return this.#consumer.closed;
  }

  /** Takes the first sample, and others from time to time. */
  start(): void {
    clearTimeout(this.#timer);
    this.#sample();
  }

  #sample(): void {
    if (this.closed) return;
    this.#settle(this.#consumer.resume());
    this.#timer = setTimeout(() => this.#pause(), this.#timing.sampleMs);
  }

  #pause(): void {
    if (this.closed) return;
    this.#settle(this.#consumer.pause());
    const heard = [...this.#layers.values()].flatMap(({ framesPerSecond }, layer): [number, number][] =>
      framesPerSecond === undefined ? [] : [[layer, framesPerSecond]],
    );
    for (const tap of this.#layers.values()) tap.interrupt();
    this.emit('sampled', new Map(heard));
    this.#timer = setTimeout(() => this.#sample(), this.#timing.pauseMs);
  }

  /** A consumer that cannot be reached has ended, or its worker has: its closing tells. */
  #settle(request: Promise<void>): void {
    request.catch(() => this.#transport.close());
  }

  #hear(data: Buffer): void {
    try {
      const packet = parseRtpPacket(data);
      this.#layers.get(packet.ssrc)?.push(packet, performance.now());
    } catch (error) {
      // A publisher may send what he likes; what cannot be read tells nothing.
      if (!(error instanceof MalformedMedia)) throw error;
    }
  }

  #finish(): void {
    clearTimeout(this.#timer);
    this.#transport.close();
    this.emit('closed');
  }
}
