import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { AccessUnit } from './access-unit.ts';
import { FrameRateMeter } from './frame-rate-meter.ts';
import { H264Inspector } from './h264-inspector.ts';
import { MalformedMedia } from './malformed-media.ts';
import type { RtpPacket } from './packet.ts';
import { RateMeter } from './rate-meter.ts';
import { StreamReceiver } from './stream-receiver.ts';
import type { UserData } from './user-data.ts';
import type { VideoFacts } from './video-facts.ts';
import { readVp8KeyFrameSize } from './vp8-frame.ts';

export interface StreamTapEvents {
  accessUnit: [unit: AccessUnit];
  /** A complete one. */
  keyFrame: [unit: AccessUnit];
  /** Known for the first time, or changed. */
  facts: [facts: VideoFacts];
  userData: [message: UserData, unit: AccessUnit];
  malformed: [fault: MalformedMedia];
}

const CLOCK_RATE = 90_000;

/** Listens to the packets of one video stream (one SSRC), and tells what it is. */
export class StreamTap extends EventEmitter<StreamTapEvents> {
  readonly #codec: VideoFacts['codec'];
  readonly #receiver: StreamReceiver;
  readonly #inspector = new H264Inspector();
  readonly #bitrate = new RateMeter();
  readonly #frameRate = new FrameRateMeter(CLOCK_RATE);
  #facts: VideoFacts | undefined;

  constructor(codec: VideoFacts['codec']) {
    super();
    this.#codec = codec;
    this.#receiver = new StreamReceiver(codec, { onMalformed: (fault) => this.emit('malformed', fault) });
  }

  get facts(): VideoFacts | undefined {
    return this.#facts;
  }

  /** By RTP times; undefined with fewer than two frames. */
  get framesPerSecond(): number | undefined {
    return this.#frameRate.framesPerSecond;
  }

  /** Of payloads, over the last ten seconds; undefined before so many have gone by. */
  bitrateBps(nowMs: number): number | undefined {
    return this.#bitrate.perSecond(nowMs);
  }

  push(packet: RtpPacket, arrivalMs: number): void {
    this.#bitrate.add(8 * packet.payload.length, arrivalMs);
    for (const unit of this.#receiver.push(packet, arrivalMs)) this.#take(unit);
  }

  /** Listening ends for a while: what follows does not go on where this stops. */
  interrupt(): void {
    for (const unit of this.#receiver.flush()) this.#take(unit);
    this.#frameRate.reset();
  }

  #take(unit: AccessUnit): void {
    this.#frameRate.add(unit.rtpTime);
    this.emit('accessUnit', unit);
    const facts = this.#inspect(unit);
    if (facts && !isDeepStrictEqual(facts, this.#facts)) {
      this.#facts = facts;
      this.emit('facts', facts);
    }
    if (unit.keyFrame && unit.complete) this.emit('keyFrame', unit);
  }

  #inspect(unit: AccessUnit): VideoFacts | undefined {
    if (this.#codec === 'vp8') return this.#inspectVp8(unit);
    const { facts, userData, malformed } = this.#inspector.inspect(unit);
    for (const fault of malformed) this.emit('malformed', fault);
    for (const message of userData) this.emit('userData', message, unit);
    return facts;
  }

  #inspectVp8({ keyFrame, units: [frame] }: AccessUnit): VideoFacts | undefined {
    if (!keyFrame || !frame) return undefined;
    try {
      return { codec: 'vp8', ...readVp8KeyFrameSize(frame) };
    } catch (error) {
      if (!(error instanceof MalformedMedia)) throw error;
      this.emit('malformed', error);
      return undefined;
    }
  }
}
