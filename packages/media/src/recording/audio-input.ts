import type { AccessUnit } from '../rtp/access-unit.ts';
import type { RtpPacket } from '../rtp/packet.ts';
import type { SenderReport } from '../rtp/rtcp.ts';
import type { SenderClock } from '../rtp/sender-clock.ts';
import { StreamReceiver } from '../rtp/stream-receiver.ts';
import type { OpusPacket } from './audio-track.ts';
import { StreamClock } from './stream-clock.ts';
import { REORDER_WAIT_MS } from './video-input.ts';

const CLOCK_RATE = 48_000;

/** One stream of Opus, in order. */
export class AudioInput {
  readonly ssrc: number;
  readonly #clock: StreamClock;
  readonly #receiver = new StreamReceiver('opus', {
    maximumWaitMs: REORDER_WAIT_MS,
    onMalformed: () => undefined, // it counts as lost
  });
  readonly #onPacket: (packet: OpusPacket, arrivalMs: number) => void;

  constructor(ssrc: number, sender: SenderClock, onPacket: (packet: OpusPacket, arrivalMs: number) => void) {
    this.ssrc = ssrc;
    this.#clock = new StreamClock(CLOCK_RATE, sender);
    this.#onPacket = onPacket;
  }

  push(packet: RtpPacket, arrivalMs: number): void {
    this.#takeAll(this.#receiver.push(packet, arrivalMs));
  }

  /** Learns from a packet that is pushed later. */
  foresee({ rtpTime }: RtpPacket, arrivalMs: number): void {
    this.#clock.foresee(rtpTime, arrivalMs);
  }

  report(report: Pick<SenderReport, 'wallClockMs' | 'rtpTime'>, arrivalMs: number): void {
    this.#clock.report(report, arrivalMs);
  }

  /** To be called now and then. */
  expire(nowMs: number): void {
    this.#takeAll(this.#receiver.expire(nowMs));
  }

  flush(): void {
    this.#takeAll(this.#receiver.flush());
  }

  #takeAll(units: readonly AccessUnit[]): void {
    for (const { rtpTime, firstArrivalMs, units: parts } of units) {
      const [payload] = parts;
      if (!payload) continue;
      this.#onPacket({ timeMs: this.#clock.timeMs(rtpTime, firstArrivalMs), rtpTime, payload }, firstArrivalMs);
    }
  }
}
