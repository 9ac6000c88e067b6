import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import type { LayerClaim } from '../sfu/layers/layer-demand.ts';
import type { Publication } from '../sfu/publication.ts';
import { followSenderReports } from '../sfu/sender-reports.ts';
import type { LoadShare } from '../sfu/worker-load.ts';
import { codecOf } from '../webrtc/codecs.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';
import type { FeedNews } from './recorder-messages.ts';

export interface RecordingFeedEvents {
  news: [news: FeedNews];
  /** A stream cannot be had although it is there. */
  failed: [error: Error];
}

interface SentKind {
  readonly producer: types.Producer;
  readonly consumer: types.Consumer;
  release(): void;
}

/** Where a recorder listens. */
const RECORDER_ADDRESS = '127.0.0.1';

/**
 * A publication's media on the way to a recorder: all layers of the streams that it needs, as they come, to a UDP port, and
 * what is to be known beside the packets. Ends with the publication, or by {@link close}.
 */
export class RecordingFeed extends EventEmitter<RecordingFeedEvents> {
  readonly #publication: Publication;
  readonly #kinds: ReadonlySet<MediaKind>;
  readonly #transport: types.PlainTransport;
  readonly #load: LoadShare;
  readonly #sent = new Map<MediaKind, SentKind>();
  /** One after the other, so that no stream is taken twice. */
  #taking: Promise<void> = Promise.resolve();

  private constructor(publication: Publication, kinds: ReadonlySet<MediaKind>, transport: types.PlainTransport) {
    super();
    this.#publication = publication;
    this.#kinds = kinds;
    this.#transport = transport;
    this.#load = publication.origin.worker.load.take(0);
    publication.on('media', this.#takeAll);
    publication.on('remade', this.#takeAll);
    transport.observer.once('close', () => this.#release());
  }

  /** Sends nothing before {@link start}. @throws when the publication's worker is gone */
  static async open(publication: Publication, kinds: ReadonlySet<MediaKind>, port: number): Promise<RecordingFeed> {
    const transport = await publication.origin.router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: RECORDER_ADDRESS },
      // Not the first packet that comes tells where to send, but we.
      comedia: false,
      rtcpMux: true,
    });
    try {
      await transport.connect({ ip: RECORDER_ADDRESS, port });
      return new RecordingFeed(publication, kinds, transport);
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  async start(): Promise<void> {
    this.#takeAll();
    await this.#taking;
  }

  /** Of all layers. */
  requestKeyFrame(): void {
    const consumer = this.#sent.get('video')?.consumer;
    // An error is that of a stream that has ended meanwhile.
    if (consumer && !consumer.closed) consumer.requestKeyFrame().catch(() => undefined);
  }

  close(): void {
    this.#transport.close();
  }

  readonly #takeAll = (): void => {
    this.#taking = this.#taking.then(() => this.#takeNew());
  };

  async #takeNew(): Promise<void> {
    for (const [kind, producer] of this.#publication.producers) {
      if (!this.#kinds.has(kind) || this.#sent.get(kind)?.producer === producer) continue;
      try {
        await this.#take(kind, producer);
      } catch (error) {
        const ended = producer.closed || this.#transport.closed;
        if (!ended) this.emit('failed', error instanceof Error ? error : new Error(String(error)));
      }
    }
    this.#load.resize(this.#sent.size);
  }

  async #take(kind: MediaKind, producer: types.Producer): Promise<void> {
    const { rtpCapabilities } = this.#publication.origin.router;
    const consumer = await this.#transport.consume({
      producerId: producer.id,
      rtpCapabilities,
      pipe: true,
      paused: true,
    });
    if (producer.closed || this.#transport.closed) {
      consumer.close(); // what is made too late does not close by itself
      return;
    }
    const encodings = consumer.rtpParameters.encodings ?? [];
    const ssrcs = encodings.flatMap(({ ssrc }) => (ssrc === undefined ? [] : [ssrc]));
    this.#sent.get(kind)?.release();
    this.#sent.set(kind, { producer, consumer, release: this.#follow(kind, producer, ssrcs) });
    this.emit('news', { type: 'stream', kind, codec: codecOf(consumer.rtpParameters), ssrcs, paused: producer.paused });
    await consumer.resume();
  }

  /**
   * Tells what happens to a stream beside its packets, and keeps its layers coming.
   *
   * @param ssrcs under which the layers are sent to the recorder, in the order of the sender's own
   * @returns what ends that
   */
  #follow(kind: MediaKind, producer: types.Producer, ssrcs: readonly number[]): () => void {
    const tellPaused = () => this.emit('news', { type: 'paused', kind, paused: producer.paused });
    producer.observer.on('pause', tellPaused);
    producer.observer.on('resume', tellPaused);
    const source = this.#publication.sources.get(kind);
    const unfollow =
      source &&
      followSenderReports(source, ({ layer, wallClockMs, rtpTime }) => {
        const ssrc = ssrcs[layer];
        if (ssrc !== undefined) this.emit('news', { type: 'report', ssrc, wallClockMs, rtpTime });
      });
    const claim: LayerClaim | undefined =
      kind === 'video' ? this.#publication.layers?.demand.claim(ssrcs.length - 1) : undefined;
    return () => {
      producer.observer.off('pause', tellPaused);
      producer.observer.off('resume', tellPaused);
      unfollow?.();
      claim?.release();
    };
  }

  #release(): void {
    this.#publication.off('media', this.#takeAll);
    this.#publication.off('remade', this.#takeAll);
    for (const { release } of this.#sent.values()) release();
    this.#sent.clear();
    this.#load.release();
  }
}
