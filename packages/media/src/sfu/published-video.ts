import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import type { VideoFacts } from '../rtp/index.ts';
import { orderBySize } from './layers/layer-order.ts';
import { PublishedLayers } from './layers/published-layers.ts';
import { VideoTap, type VideoTapEvents } from './video-tap.ts';

/** What is told of the layers of a video by whoever looks into it. */
export type VideoReadings = Pick<VideoTapEvents, 'facts' | 'sampled'>;

export interface VideoReader {
  on(event: 'facts', listener: (...readings: VideoReadings['facts']) => void): unknown;
  on(event: 'sampled', listener: (...readings: VideoReadings['sampled']) => void): unknown;
}

export interface PublishedVideoEvents {
  /** What a layer is, as its bitstream says, became known or changed. */
  facts: [layer: number, facts: VideoFacts];
  /** The layers are not in the order of their sizes: told by the indexes in which they should be. */
  misordered: [order: readonly number[]];
}

/** A video producer and what is found out about it. Ends with the producer. */
export class PublishedVideo extends EventEmitter<PublishedVideoEvents> {
  readonly producer: types.Producer;
  /** Undefined for a video of one layer. */
  readonly layers: PublishedLayers | undefined;
  readonly #start: () => void;
  readonly #facts = new Map<number, VideoFacts>();
  #framesPerSecond: ReadonlyMap<number, number> = new Map();
  #sampled = false;

  /**
   * @param reader looks into it
   * @param rids the sender's names of the encodings, where it has some
   * @param start tells the reader, where it has to know, that packets come
   */
  constructor(
    producer: types.Producer,
    reader: VideoReader,
    rids: readonly (string | undefined)[],
    start: () => void = () => undefined,
  ) {
    super();
    this.producer = producer;
    this.layers = rids.length > 1 ? new PublishedLayers(producer, rids) : undefined;
    this.#start = start;
    reader.on('facts', (layer, facts) => {
      const { width, height } = facts;
      this.#facts.set(layer, facts);
      this.layers?.measured(layer, { width, height });
      this.emit('facts', layer, facts);
      // Later, what was found out in an earlier sample may be out of date until this one is over.
      if (!this.#sampled && this.#facts.size === rids.length) this.#judgeOrder([...this.#facts.keys()]);
    });
    reader.on('sampled', (heard) => {
      this.#sampled = true;
      this.#framesPerSecond = heard;
      for (const [layer, framesPerSecond] of heard) this.layers?.measured(layer, { framesPerSecond });
      this.#judgeOrder([...heard.keys()]);
    });
  }

  /**
   * A video whose packets are looked at here.
   *
   * @param rids as above
   * @throws when the producer closes meanwhile
   */
  static async create(
    router: types.Router,
    producer: types.Producer,
    rids: readonly (string | undefined)[],
  ): Promise<PublishedVideo> {
    const tap = await VideoTap.create(router, producer);
    if (producer.closed) throw new Error('the producer closed while it was looked at'); // the tap ends with it
    return new PublishedVideo(producer, tap, rids, () => tap.start());
  }

  get facts(): ReadonlyMap<number, VideoFacts> {
    return this.#facts;
  }

  /** Of the layers of which pictures were heard in the last sample. */
  get framesPerSecond(): ReadonlyMap<number, number> {
    return this.#framesPerSecond;
  }

  /** Packets come: what they hold is looked at now, and from time to time. */
  start(): void {
    this.#start();
  }

  #judgeOrder(layers: readonly number[]): void {
    if (!this.layers) return;
    const areas = this.layers.list.map((_, layer) => {
      const facts = layers.includes(layer) ? this.#facts.get(layer) : undefined;
      return facts && facts.width * facts.height;
    });
    const order = orderBySize(areas);
    if (order) this.emit('misordered', order);
  }
}
