import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { LayerDemand } from './layer-demand.ts';
import { type LayerLabel, layerLabels } from './layer-labels.ts';

export interface PublishedLayersEvents {
  /** A layer became known, or is noticeably another one. */
  changed: [];
}

/** A layer of a published video, as far as it was looked at. */
export interface PublishedLayer {
  readonly label: LayerLabel;
  /** The sender's own name of it, where it has one. */
  readonly rid: string | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly framesPerSecond: number | undefined;
  /** While it is not sent: what it last had. */
  readonly bitrateBps: number | undefined;
}

type Measures = Pick<PublishedLayer, 'width' | 'height' | 'framesPerSecond' | 'bitrateBps'>;

const MEASURE_INTERVAL_MS = 2_000;
/** Rates that differ by less are told as the same. */
const NOTICEABLE = 0.25;
const UNKNOWN: Measures = { width: undefined, height: undefined, framesPerSecond: undefined, bitrateBps: undefined };

/** The layers of one video that is published by simulcast, the lowest first: what they are, and which of them are needed. */
export class PublishedLayers extends EventEmitter<PublishedLayersEvents> {
  readonly demand: LayerDemand;
  readonly #producer: types.Producer;
  readonly #labels: readonly LayerLabel[];
  readonly #rids: readonly (string | undefined)[];
  readonly #measures: Measures[];
  readonly #timer: NodeJS.Timeout;

  /**
   * @param producer with two encodings at least
   * @param rids the sender's names of the layers
   */
  constructor(producer: types.Producer, rids: readonly (string | undefined)[]) {
    super();
    this.setMaxListeners(0); // one listener for each receiver
    this.#producer = producer;
    this.#rids = rids;
    this.#labels = layerLabels(rids.length);
    this.#measures = rids.map(() => UNKNOWN);
    this.demand = new LayerDemand(rids.length);
    this.#timer = setInterval(() => void this.#measureBitrates(), MEASURE_INTERVAL_MS);
    producer.observer.once('close', () => {
      clearInterval(this.#timer);
      this.demand.close();
    });
  }

  get count(): number {
    return this.#labels.length;
  }

  get list(): readonly PublishedLayer[] {
    return this.#labels.map((label, layer) => ({
      label,
      rid: this.#rids[layer],
      ...(this.#measures[layer] ?? UNKNOWN),
    }));
  }

  /** Whether packets of the layer come in. */
  flows(layer: number): boolean {
    return this.#producer.score.some(({ encodingIdx, score }) => encodingIdx === layer && score > 0);
  }

  measured(layer: number, measures: Partial<Measures>): void {
    const before = this.#measures[layer];
    if (!before) return;
    const after = { ...before, ...measures };
    if (alike(before, after)) return; // what was told stays, so that a slow change is told some time, too
    this.#measures[layer] = after;
    this.emit('changed');
  }

  async #measureBitrates(): Promise<void> {
    const stats = await this.#producer.getStats().catch(() => []); // its closing tells
    const encodings = this.#producer.rtpParameters.encodings ?? [];
    for (const { ssrc, rid, bitrate } of stats) {
      const layer = encodings.findIndex((encoding) => (encoding.ssrc ? encoding.ssrc === ssrc : encoding.rid === rid));
      if (bitrate > 0) this.measured(layer, { bitrateBps: bitrate });
    }
  }
}

function alike(one: Measures, other: Measures): boolean {
  if (one.width !== other.width || one.height !== other.height) return false;
  return near(one.framesPerSecond, other.framesPerSecond) && near(one.bitrateBps, other.bitrateBps);
}

function near(one: number | undefined, other: number | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Math.abs(one - other) <= NOTICEABLE * Math.max(one, other);
}
