import { EventEmitter, once } from 'node:events';
import type { VideoCodec } from '../../codec/picture-size.ts';
import { packetizeH264 } from '../../rtp/h264-packetizer.ts';
import { packet } from '../../rtp/rtp.fixture.ts';
import { SenderClock } from '../../rtp/sender-clock.ts';
import { ParticipantVideo } from './participant-video.ts';

const PAYLOAD_BYTES = 1_100;
/** RFC 7741 §4.2: the frame starts here; it goes on. */
const VP8_DESCRIPTOR = { start: 0x10, further: 0 };

interface Way {
  /** @default now */
  readonly arrivalMs?: number;
  /** Whether a picture's packet of an index is lost. */
  readonly loses?: (index: number) => boolean;
}

const none = () => false;

/** A participant's video, what it says, and who sends it by RTP. */
export class SentVideo {
  readonly #events = new EventEmitter<{ ready: []; change: [] }>();
  readonly video: ParticipantVideo;
  readonly facts: { readonly hasVideo: boolean; readonly aspectRatio: number | undefined }[] = [];
  readonly latenessMs: number[] = [];
  keyFramesAsked = 0;
  #codec: VideoCodec = 'h264';
  #ssrc = 0;
  #sequenceNumber = 65_530;
  /** Of the next picture. */
  rtpTime = 4_294_960_000;

  constructor() {
    this.video = new ParticipantVideo({
      sender: new SenderClock(),
      requestKeyFrame: () => {
        this.keyFramesAsked += 1;
      },
      onReady: (latenessMs) => {
        this.latenessMs.push(latenessMs);
        this.#events.emit('ready');
      },
      onFacts: () => this.facts.push({ hasVideo: this.video.hasVideo, aspectRatio: this.video.aspectRatio }),
    });
  }

  begin(codec: VideoCodec): void {
    this.#codec = codec;
    this.#ssrc += 1;
    this.video.receive(codec, this.#ssrc, performance.now());
  }

  /** Sends a picture. */
  send(units: readonly Buffer[], { arrivalMs = performance.now(), loses = none }: Way = {}): void {
    const payloads = this.#codec === 'h264' ? packetizeH264(units, PAYLOAD_BYTES) : packetizeVp8(units);
    for (const [index, payload] of payloads.entries()) {
      const sequenceNumber = this.#sequenceNumber;
      this.#sequenceNumber = (sequenceNumber + 1) & 0xffff;
      if (loses(index)) continue;
      const marker = index === payloads.length - 1;
      const { rtpTime } = this;
      this.video.push(packet({ sequenceNumber, rtpTime, ssrc: this.#ssrc, marker, payload }), arrivalMs);
    }
    this.rtpTime = (this.rtpTime + 3_000) >>> 0;
  }

  /** Sends a picture, which is then there to be shown. */
  async show(units: readonly Buffer[]): Promise<void> {
    const ready = once(this.#events, 'ready');
    this.send(units);
    await ready;
  }

  /** Until so many pictures have been decoded. */
  async decoded(count: number): Promise<void> {
    while (this.latenessMs.length < count) await once(this.#events, 'ready');
  }

  /** The newest picture of all that have come. */
  get newest(): ReturnType<ParticipantVideo['pictureAt']> {
    return this.video.pictureAt(Infinity);
  }
}

function packetizeVp8(units: readonly Buffer[]): Buffer[] {
  const frame = Buffer.concat(units);
  const count = Math.ceil(frame.length / PAYLOAD_BYTES);
  return Array.from({ length: count }, (_, index) =>
    Buffer.concat([
      Buffer.of(index === 0 ? VP8_DESCRIPTOR.start : VP8_DESCRIPTOR.further),
      frame.subarray(index * PAYLOAD_BYTES, (index + 1) * PAYLOAD_BYTES),
    ]),
  );
}
