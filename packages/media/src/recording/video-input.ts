import type { AccessUnit } from '../rtp/access-unit.ts';
import type { RtpPacket } from '../rtp/packet.ts';
import type { SenderReport } from '../rtp/rtcp.ts';
import type { SenderClock } from '../rtp/sender-clock.ts';
import { StreamReceiver } from '../rtp/stream-receiver.ts';
import { StreamClock } from './stream-clock.ts';

/** A picture that can be decoded after those before it. */
export interface ReceivedPicture {
  readonly timeMs: number;
  readonly keyFrame: boolean;
  readonly units: readonly Buffer[];
}

export interface VideoInputOptions {
  readonly codec: 'h264' | 'vp8';
  /** The lowest layer first. */
  readonly ssrcs: readonly number[];
  readonly sender: SenderClock;
  onPicture(picture: ReceivedPicture): void;
  /** May be called often. */
  requestKeyFrame(): void;
}

/**
 * How long a missing packet is waited for, in milliseconds: the SFU asks the publisher for it once more, and each time takes
 * as long as the way there and back.
 */
export const REORDER_WAIT_MS = 500;
/** Half a second of the highest bitrate that a stage takes. */
const REORDER_PACKETS = 1_024;
const CLOCK_RATE = 90_000;
/** A layer that is silent for so long is not sent any more. */
const LAYER_GONE_MS = 1_500;
/** A higher layer is changed to once it has come for so long: one that comes and goes would make many discontinuities. */
const LAYER_STEADY_MS = 1_000;

interface Layer {
  readonly receiver: StreamReceiver;
  readonly clock: StreamClock;
  firstPacketMs: number;
  lastPacketMs: number;
}

/**
 * One video, of the highest layer that flows. What was lost, and what cannot be decoded without it, is left out; layers
 * change at key frames.
 */
export class VideoInput {
  readonly #options: VideoInputOptions;
  readonly #layers: readonly Layer[];
  readonly #indexes: ReadonlyMap<number, number>;
  /** The layer that is recorded; -1 before the first key frame. */
  #current = -1;
  /** Pictures are missing: the next key frame is waited for. */
  #broken = true;

  constructor(options: VideoInputOptions) {
    this.#options = options;
    this.#indexes = new Map(options.ssrcs.map((ssrc, index) => [ssrc, index]));
    this.#layers = options.ssrcs.map(() => ({
      receiver: new StreamReceiver(options.codec, {
        maximumPackets: REORDER_PACKETS,
        maximumWaitMs: REORDER_WAIT_MS,
        onMalformed: () => undefined, // it counts as lost
      }),
      clock: new StreamClock(CLOCK_RATE, options.sender),
      firstPacketMs: -Infinity,
      lastPacketMs: -Infinity,
    }));
  }

  /** When the newest packet came, of any layer; -Infinity before the first one. */
  get lastPacketMs(): number {
    return Math.max(...this.#layers.map(({ lastPacketMs }) => lastPacketMs));
  }

  has(ssrc: number): boolean {
    return this.#indexes.has(ssrc);
  }

  push(packet: RtpPacket, arrivalMs: number): void {
    const index = this.#indexes.get(packet.ssrc);
    const layer = index === undefined ? undefined : this.#layers[index];
    if (index === undefined || !layer) return;
    if (arrivalMs - layer.lastPacketMs > LAYER_GONE_MS) layer.firstPacketMs = arrivalMs;
    layer.lastPacketMs = arrivalMs;
    // Layers below are for the time when this one does not come any more.
    if (index < this.#current && this.#flows(this.#current, arrivalMs)) return;
    this.#takeAll(index, layer, layer.receiver.push(packet, arrivalMs), arrivalMs);
  }

  /** Learns from a packet that is pushed later. */
  foresee({ ssrc, rtpTime }: RtpPacket, arrivalMs: number): void {
    this.#layers[this.#indexes.get(ssrc) ?? -1]?.clock.foresee(rtpTime, arrivalMs);
  }

  report(ssrc: number, report: Pick<SenderReport, 'wallClockMs' | 'rtpTime'>, arrivalMs: number): void {
    this.#layers[this.#indexes.get(ssrc) ?? -1]?.clock.report(report, arrivalMs);
  }

  /** To be called now and then. */
  expire(nowMs: number): void {
    for (const [index, layer] of this.#layers.entries())
      this.#takeAll(index, layer, layer.receiver.expire(nowMs), nowMs);
  }

  /** The stream is interrupted: what has come is all there is, and nothing goes on from it. */
  flush(nowMs: number): void {
    for (const [index, layer] of this.#layers.entries()) this.#takeAll(index, layer, layer.receiver.flush(), nowMs);
    this.#broken = true;
  }

  #flows(index: number, nowMs: number): boolean {
    const layer = this.#layers[index];
    return layer !== undefined && nowMs - layer.lastPacketMs <= LAYER_GONE_MS;
  }

  #takeAll(index: number, layer: Layer, units: readonly AccessUnit[], nowMs: number): void {
    for (const unit of units) this.#take(index, layer, unit, nowMs);
  }

  #take(index: number, layer: Layer, unit: AccessUnit, nowMs: number): void {
    // Of all layers, so that each clock knows its stream when it is its turn.
    const timeMs = layer.clock.timeMs(unit.rtpTime, unit.firstArrivalMs);
    const usable = unit.keyFrame && unit.complete;
    if (index !== this.#current) {
      if (!this.#isWanted(index, nowMs)) return;
      if (!usable) {
        this.#options.requestKeyFrame();
        return;
      }
      this.#current = index;
      this.#broken = true;
    }
    if (usable) this.#broken = false;
    else if (unit.afterLoss || !unit.complete) this.#broken = true;
    if (this.#broken) this.#options.requestKeyFrame();
    else this.#options.onPicture({ timeMs, keyFrame: unit.keyFrame, units: unit.units });
  }

  /** Whether a layer is to take the place of the current one: no other is as good, and it is there to stay. */
  #isWanted(index: number, nowMs: number): boolean {
    const isSteady = (each: number) =>
      this.#flows(each, nowMs) && nowMs - (this.#layers[each]?.firstPacketMs ?? nowMs) >= LAYER_STEADY_MS;
    const goesOn = this.#flows(this.#current, nowMs);
    const best = this.#layers.findLastIndex((_, each) =>
      goesOn ? each > this.#current && isSteady(each) : this.#flows(each, nowMs),
    );
    if (index !== best) return false;
    // At the beginning, higher ones may be about to come.
    return this.#current !== -1 || index === this.#layers.length - 1 || this.#layers.some((_, each) => isSteady(each));
  }
}
