import type { types } from 'mediasoup';
import { allocateLayers } from './layer-allocation.ts';
import { LossController } from './loss-controller.ts';
import type { PublishedLayers } from './published-layers.ts';

const INTERVAL_MS = 1_000;
/** What a layer may have that was not measured yet. */
const UNMEASURED_LAYER_BPS = 2_500_000;
/** What an audio stream is taken for: to ask the worker for each of them would cost more than it tells. */
const AUDIO_BPS = 64_000;

/** A stream to the subscriber; `layers` only of a video of several. */
interface Sent {
  readonly consumer: types.Consumer;
  readonly layers: PublishedLayers | undefined;
  readonly controller: LossController | undefined;
  before: Counts;
  /** Index of the layer that was asked for last. */
  layer: number;
}

interface Counts {
  readonly packets: number;
  readonly askedAgain: number;
  readonly keyFramesAsked: number;
}

/**
 * The layers of all that one participant receives by connections whose bandwidth is not estimated: each as high as its own
 * losses allow, all together within the participant's budget.
 */
export class LossDrivenLayers {
  readonly #budgetBps: number;
  readonly #sent = new Set<Sent>();
  #timer: NodeJS.Timeout | undefined;

  /** @param budgetBps for all streams together */
  constructor(budgetBps: number) {
    this.#budgetBps = budgetBps;
  }

  /** Takes a stream in that is still paused, until its consumer, which is open, closes. */
  async add(consumer: types.Consumer, layers: PublishedLayers | undefined): Promise<void> {
    const controller = layers && new LossController(layers.count - 1);
    const before = { packets: 0, askedAgain: 0, keyFramesAsked: 0 };
    const sent: Sent = { consumer, layers, controller, before, layer: 0 };
    const claim = layers?.demand.claim(layers.count - 1);
    this.#sent.add(sent);
    consumer.observer.once('close', () => {
      claim?.release();
      this.#sent.delete(sent);
      if (!this.#layered) this.#stop();
    });
    if (!layers) return;
    await consumer.setPreferredLayers({ spatialLayer: 0 });
    if (!consumer.closed) this.#adjustLater();
  }

  get #layered(): boolean {
    return [...this.#sent].some(({ layers }) => layers);
  }

  #adjustLater(): void {
    this.#timer ??= setTimeout(() => void this.#adjust(), INTERVAL_MS);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #adjust(): Promise<void> {
    this.#timer = undefined;
    const sent = [...this.#sent];
    const bitratesBps = await Promise.all(sent.map((each) => this.#read(each)));
    const present = sent.flatMap((each, index) =>
      each.consumer.closed ? [] : [{ each, bps: bitratesBps[index] ?? 0 }],
    );
    const granted = allocateLayers(
      this.#budgetBps,
      present.map(({ each: { layers, controller }, bps }) => ({
        bitratesBps: layers?.list.map(({ bitrateBps = UNMEASURED_LAYER_BPS }) => bitrateBps) ?? [bps],
        highest: controller?.target ?? 0,
      })),
    );
    for (const [index, { each }] of present.entries()) this.#send(each, granted[index] ?? 0);
    if (this.#layered) this.#adjustLater();
  }

  #send(sent: Sent, layer: number): void {
    sent.controller?.limit(layer);
    if (!sent.controller || layer === sent.layer) return;
    sent.layer = layer;
    // Fails only when the stream has ended.
    sent.consumer.setPreferredLayers({ spatialLayer: layer }).catch(() => undefined);
  }

  /** Hands what was reported to the controller. @returns the bitrate that is sent */
  async #read(sent: Sent): Promise<number> {
    if (sent.consumer.kind === 'audio') return AUDIO_BPS;
    // A stream that has ended tells nothing.
    const stats = await sent.consumer.getStats().catch(() => []);
    const stat = stats.find(({ type }) => type === 'outbound-rtp');
    if (!stat) return 0;
    const { before } = sent;
    const { packetCount, nackPacketCount, pliCount, firCount, fractionLost, roundTripTime, bitrate } = stat;
    sent.before = { packets: packetCount, askedAgain: nackPacketCount, keyFramesAsked: pliCount + firCount };
    const packets = packetCount - before.packets;
    if (packets > 0) {
      sent.controller?.report({
        lost: Math.max(fractionLost / 256, Math.min(1, (nackPacketCount - before.askedAgain) / packets)),
        roundTripMs: roundTripTime,
        asksForKeyFrame: pliCount + firCount > before.keyFramesAsked,
      });
    }
    return bitrate;
  }
}
