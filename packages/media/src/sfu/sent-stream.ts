import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { types } from 'mediasoup';
import type { MediaKind } from '../webrtc/remote-description.ts';
import type { LayerClaim } from './layers/layer-demand.ts';
import { highestAllowed, layerLabels } from './layers/layer-labels.ts';
import { describeSelection, type LayerReason } from './layers/layer-selection.ts';
import { lowestComes } from './layers/lowest-layer.ts';
import type { PublishedLayers } from './layers/published-layers.ts';
import type { Publication } from './publication.ts';

/** How a stream is wanted. */
export interface StreamChoice {
  /** The label of the highest layer that is wanted; undefined for whatever the connection carries. */
  readonly preferredLayer: string | undefined;
  /** Begins with the highest layer instead of the lowest. */
  readonly startsHigh: boolean;
  /** 1 to 255: who has more gets better layers first. */
  readonly priority: number;
  /** Held back: it stays subscribed and costs nothing. */
  readonly paused: boolean;
}

/** A publisher's layers as one subscriber gets them. */
export interface LayersReport {
  readonly participantId: string;
  readonly publishId: string;
  readonly layers: readonly {
    readonly label: string;
    readonly width: number;
    readonly height: number;
    readonly framesPerSecond: number;
    readonly bitrateBps: number;
  }[];
  /** A label; undefined while none is sent. */
  readonly selected: string | undefined;
  readonly reason: LayerReason | undefined;
  readonly isAdapting: boolean;
}

export interface SentStreamEvents {
  layers: [report: LayersReport];
}

/** Layers may change many times while a connection is being measured. */
const REPORT_INTERVAL_MS = 500;
/** So that what changes of a publisher's layers makes no more than a thousand reports a second, to all receivers together. */
const RECEIVER_INTERVAL_MS = 1;

/** One stream of a publisher on its way to a subscriber to whom the server offers. */
export class SentStream extends EventEmitter<SentStreamEvents> {
  readonly participantId: string;
  readonly publishId: string;
  readonly kind: MediaKind;
  /** Of the stream as it is published. */
  readonly producerId: string;
  readonly consumer: types.Consumer;
  /** Undefined for a stream of one layer. */
  readonly layers: PublishedLayers | undefined;
  readonly #copy: types.Producer;
  readonly #claim: LayerClaim | undefined;
  #choice: StreamChoice;
  #started = false;
  /** The first layer was sent: others may follow. */
  #climbs = false;
  #preferred: number | undefined;
  /** What was asked for last. */
  #priority: number;
  #report: LayersReport | undefined;
  #reportTimer: NodeJS.Timeout | undefined;
  #reportIntervalMs = 0;

  /**
   * @param copy the stream on the router from which it is sent
   * @param consumer of the copy, paused until {@link start}
   */
  constructor(
    publisher: Publication,
    kind: MediaKind,
    producerId: string,
    copy: types.Producer,
    consumer: types.Consumer,
    choice: StreamChoice,
  ) {
    super();
    this.participantId = publisher.participantId;
    this.publishId = publisher.publishId;
    this.kind = kind;
    this.producerId = producerId;
    this.consumer = consumer;
    this.#copy = copy;
    this.#priority = consumer.priority;
    this.layers = kind === 'video' ? publisher.layers : undefined;
    this.#claim = this.layers?.demand.claim(undefined);
    this.#choice = choice;
    if (this.layers) this.#watch(this.layers);
  }

  /** The client takes it; what is held back counts as well. */
  get started(): boolean {
    return this.#started && !this.consumer.closed;
  }

  get closed(): boolean {
    return this.consumer.closed;
  }

  /** Wants its highest layer at once. */
  get startsHigh(): boolean {
    return this.layers !== undefined && this.#choice.startsHigh && !this.#choice.paused;
  }

  /** Sends from now on: the client has answered. */
  async start(): Promise<void> {
    if (this.layers && !this.#choice.startsHigh) await lowestComes(this.#copy, this.layers);
    this.#started = true;
    await this.#apply();
  }

  async choose(choice: StreamChoice): Promise<void> {
    if (isDeepStrictEqual(choice, this.#choice)) return;
    this.#choice = choice;
    await this.#apply();
  }

  /** Applies the choice for the first time, before anything is sent. */
  async prepare(): Promise<void> {
    await this.#apply();
  }

  /** Tells the layers once more. */
  reportAgain(): void {
    if (this.#report) this.emit('layers', this.#report);
  }

  close(): void {
    this.consumer.close();
  }

  #watch(layers: PublishedLayers): void {
    const { consumer } = this;
    const reportLater = () =>
      this.#reportWithin(Math.max(REPORT_INTERVAL_MS, RECEIVER_INTERVAL_MS * layers.listenerCount('changed')));
    layers.on('changed', reportLater);
    consumer.on('layerschange', (current) => {
      this.#reportWithin(REPORT_INTERVAL_MS);
      if (!current || this.#climbs) return;
      this.#climbs = true;
      // An error is that of a consumer that has ended meanwhile.
      this.#prefer().catch(() => undefined);
    });
    consumer.observer.once('close', () => {
      layers.off('changed', reportLater);
      clearTimeout(this.#reportTimer);
      this.#claim?.release();
    });
  }

  /** A stream whose publisher stops meanwhile needs nothing: the stage tells the subscriber. */
  async #apply(): Promise<void> {
    const { consumer } = this;
    if (consumer.closed) return;
    this.#claim?.set(this.#choice.paused ? undefined : this.#highest);
    try {
      await this.#prefer();
      await this.#prioritize();
      // Asked for even when it seems to be so already: an earlier call may still be on its way.
      if (this.#started) await (this.#choice.paused ? consumer.pause() : consumer.resume());
    } catch (error) {
      if (!consumer.closed) throw error;
    }
    this.#reportWithin(REPORT_INTERVAL_MS);
  }

  /** The highest layer that may be sent. */
  get #highest(): number {
    return highestAllowed(this.layers?.count ?? 1, this.#choice.preferredLayer);
  }

  async #prefer(): Promise<void> {
    const spatialLayer = this.#climbs || this.#choice.startsHigh ? this.#highest : 0;
    if (!this.layers || this.consumer.closed || spatialLayer === this.#preferred) return;
    this.#preferred = spatialLayer;
    await this.consumer.setPreferredLayers({ spatialLayer });
  }

  async #prioritize(): Promise<void> {
    const { priority } = this.#choice;
    if (this.kind !== 'video' || this.consumer.closed || priority === this.#priority) return;
    this.#priority = priority;
    await this.consumer.setPriority(priority);
  }

  #reportWithin(intervalMs: number): void {
    if (!this.layers || !this.#started || this.consumer.closed) return;
    if (this.#reportTimer && intervalMs >= this.#reportIntervalMs) return;
    clearTimeout(this.#reportTimer);
    this.#reportIntervalMs = intervalMs;
    this.#reportTimer = setTimeout(() => {
      this.#reportTimer = undefined;
      const report = this.#describe();
      if (isDeepStrictEqual(report, this.#report)) return;
      this.#report = report;
      this.emit('layers', report);
    }, intervalMs);
  }

  #describe(): LayersReport {
    const { participantId, publishId } = this;
    const layers = this.layers;
    const list = layers?.list ?? [];
    const highest = this.#highest;
    const { selected, reason, isAdapting } = describeSelection(
      this.consumer.currentLayers?.spatialLayer,
      highest,
      this.#choice.preferredLayer !== undefined,
      layers?.flows(highest) ?? true,
    );
    return {
      participantId,
      publishId,
      layers: list.flatMap(({ label, width, height, framesPerSecond = 0, bitrateBps = 0 }) =>
        width && height ? [{ label, width, height, framesPerSecond, bitrateBps }] : [],
      ),
      selected: selected === undefined ? undefined : layerLabels(list.length)[selected],
      reason,
      isAdapting,
    };
  }
}
