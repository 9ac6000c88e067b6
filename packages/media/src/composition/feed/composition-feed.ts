import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import type { Publication } from '../../sfu/publication.ts';
import { followSenderReports } from '../../sfu/sender-reports.ts';
import type { LoadShare } from '../../sfu/worker-load.ts';
import { codecOf } from '../../webrtc/codecs.ts';
import type { MediaKind } from '../../webrtc/remote-description.ts';
import type { PictureSize, StreamNews } from '../composer-messages.ts';
import { FedStream } from './fed-stream.ts';

export interface CompositionFeedEvents {
  news: [news: StreamNews];
  /** The SFU refuses something that should be had. It is tried again. */
  failed: [error: Error];
}

interface Fed {
  readonly producer: types.Producer;
  readonly stream: FedStream;
  /** Nothing is told of it any more. */
  release(): void;
}

/** Where a composer listens. */
const COMPOSER_ADDRESS = '127.0.0.1';
const RETRY_MS = 1_000;
/** Whoever lost more than one picture needs one key frame. */
const KEY_FRAME_INTERVAL_MS = 500;
/** Sound has no size: it is wanted as if it were this. */
const HEARD: PictureSize = { width: 0, height: 0 };

/**
 * A publication's media on the way to a composer: each stream as one SSRC, video in the layer that its tile needs, and what
 * is to be known beside the packets. Ends with the publication, or by {@link close}; what breaks before is set up anew.
 */
export class CompositionFeed extends EventEmitter<CompositionFeedEvents> {
  readonly #publication: Publication;
  readonly #port: number;
  readonly #load: LoadShare;
  readonly #fed = new Map<MediaKind, Fed>();
  #transport: types.PlainTransport | undefined;
  #wanted: PictureSize | undefined;
  /** One after the other, so that no stream is taken twice. */
  #taking: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #keyFrameAskedMs = -Infinity;
  #closed = false;

  /** @param port on which the composer takes packets */
  constructor(publication: Publication, port: number) {
    super();
    this.#publication = publication;
    this.#port = port;
    this.#load = publication.origin.worker.load.take(0);
    publication.on('media', this.#takeAll);
    publication.on('remade', this.#takeAll);
    publication.once('ended', this.#end);
  }

  /** Its listeners are there. Resolves when all streams that there are have been taken, or are tried again. */
  async start(): Promise<void> {
    if (this.#publication.ended) this.close();
    this.#takeAll();
    await this.#taking;
  }

  /** @param size of the tile in which the video is to be seen; undefined: it is not */
  want(size: PictureSize | undefined): void {
    this.#wanted = size;
    this.#fed.get('video')?.stream.want(size);
  }

  requestKeyFrame(): void {
    const nowMs = performance.now();
    if (nowMs - this.#keyFrameAskedMs < KEY_FRAME_INTERVAL_MS) return;
    this.#keyFrameAskedMs = nowMs;
    this.#fed.get('video')?.stream.requestKeyFrame();
  }

  /** Tells that its streams have ended. Closing twice does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#publication.off('media', this.#takeAll);
    this.#publication.off('remade', this.#takeAll);
    this.#publication.off('ended', this.#end);
    this.#drop();
    this.#load.release();
  }

  readonly #end = (): void => this.close();

  readonly #takeAll = (): void => {
    this.#taking = this.#taking.then(() => this.#takeNew());
  };

  async #takeNew(): Promise<void> {
    if (this.#closed) return;
    try {
      this.#transport ??= await this.#open();
      for (const [kind, producer] of this.#publication.producers) {
        if (this.#fed.get(kind)?.producer !== producer) await this.#take(kind, producer, this.#transport);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#load.resize(this.#fed.size);
  }

  async #open(): Promise<types.PlainTransport> {
    const transport = await this.#publication.origin.router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: COMPOSER_ADDRESS },
      // Not the first packet that comes tells where to send, but we.
      comedia: false,
      rtcpMux: true,
    });
    try {
      await transport.connect({ ip: COMPOSER_ADDRESS, port: this.#port });
    } catch (error) {
      transport.close();
      throw error;
    }
    if (this.#closed) transport.close();
    transport.observer.once('close', () => {
      if (this.#transport === transport) this.#fail(new Error('The transport to the composer has closed'));
    });
    return transport;
  }

  async #take(kind: MediaKind, producer: types.Producer, transport: types.PlainTransport): Promise<void> {
    if (producer.closed || transport.closed) return;
    const { codecs = [] } = this.#publication.origin.router.rtpCapabilities;
    const consumer = await transport
      // Without extensions: a composer reports no arrival times, so that no bandwidth is to be estimated.
      .consume({ producerId: producer.id, rtpCapabilities: { codecs, headerExtensions: [] }, paused: true })
      .catch((error) => {
        if (producer.closed) return; // another one follows, or the end
        throw error;
      });
    if (!consumer) return;
    if (producer.closed || transport.closed) {
      consumer.close(); // what is made too late does not close by itself
      return;
    }
    this.#fed.get(kind)?.release();
    const layers = kind === 'video' ? this.#publication.layers : undefined;
    const stream = new FedStream({ consumer, layers, onFailed: (error) => this.#fail(error) });
    const codec = codecOf(consumer.rtpParameters);
    this.emit('news', { type: 'stream', kind, codec, ssrc: stream.ssrc, paused: producer.paused });
    this.#fed.set(kind, { producer, stream, release: this.#follow(kind, producer, consumer) });
    stream.want(kind === 'video' ? this.#wanted : HEARD);
  }

  /** Tells what happens to a stream beside its packets. @returns what ends that, and the stream */
  #follow(kind: MediaKind, producer: types.Producer, consumer: types.Consumer): () => void {
    const tellPaused = () => this.emit('news', { type: 'paused', kind, paused: producer.paused });
    producer.observer.on('pause', tellPaused);
    producer.observer.on('resume', tellPaused);
    const source = this.#publication.sources.get(kind);
    // Which of the layers' times its packets have is only seen by them: all are told.
    const unfollow =
      source &&
      followSenderReports(source, ({ wallClockMs, rtpTime }) =>
        this.emit('news', { type: 'report', kind, wallClockMs, rtpTime }),
      );
    const release = () => {
      producer.observer.off('pause', tellPaused);
      producer.observer.off('resume', tellPaused);
      unfollow?.();
      consumer.observer.off('close', end);
      consumer.close();
    };
    const end = () => {
      release();
      this.#fed.delete(kind);
      this.#load.resize(this.#fed.size);
      this.emit('news', { type: 'ended', kind });
    };
    consumer.observer.once('close', end);
    return release;
  }

  /** Everything anew in a while, unless the publication ends until then. */
  #fail(error: unknown): void {
    if (this.#closed || this.#retry) return;
    this.#drop();
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#takeAll();
    }, RETRY_MS);
    if (!this.#publication.ended) this.emit('failed', error instanceof Error ? error : new Error(String(error)));
  }

  #drop(): void {
    const transport = this.#transport;
    this.#transport = undefined;
    for (const [kind, { release }] of this.#fed) {
      release();
      this.emit('news', { type: 'ended', kind });
    }
    this.#fed.clear();
    transport?.close();
  }
}
