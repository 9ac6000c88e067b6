import { AV_CODEC_FLAG_GLOBAL_HEADER, AV_SAMPLE_FMT_FLTP, FF_ENCODER_AAC } from '#node-av/constants';
import { CodecContext, Frame, Packet, Rational } from '#node-av/lib';
import { allocateSound, channelLayout, nativePlanes, SAMPLE_RATE_HZ } from './audio-format.ts';
import { CodecFailure } from './codec-failure.ts';
import { check, findEncoder, hasEncoded, NativeObjects, openCodec } from './native.ts';
import type { Pcm } from './pcm.ts';

/** Samples of each channel in a frame of AAC-LC. */
export const AAC_FRAME_SAMPLES = 1_024;

/**
 * How it looks for what to spend its bits on: for a fraction of the time of the other coder (`twoloop`), with no less of the
 * sound kept (docs/performance.md).
 */
const CODER = 'fast';

/** A frame of AAC without a header of its own. */
export interface AacFrame {
  readonly data: Buffer;
  /**
   * Which sample of what was encoded it begins with when it is decoded: 0, 1,024, 2,048... What an encoder puts in front
   * of these to get going is left out, so that a player need not be told of it.
   */
  readonly position: number;
}

/** Encodes sound of 48 kHz as AAC-LC. */
export class AacEncoder {
  readonly #native = new NativeObjects();
  readonly #context = this.#native.own(new CodecContext(), (context) => context.freeContext());
  readonly #packet = this.#native.own(new Packet(), (packet) => packet.free());
  readonly #frame = this.#native.own(new Frame(), (frame) => frame.free());
  /** What has come and does not fill a frame yet. */
  readonly #waiting: readonly Float32Array[];
  #waitingFrames = 0;
  #encodedFrames = 0;

  /** ISO/IEC 14496-3 §1.6.2.1 */
  readonly audioSpecificConfig: Buffer;

  /** @throws {CodecFailure} */
  constructor({ channels, bitrateBps }: { channels: 1 | 2; bitrateBps: number }) {
    this.#waiting = Array.from({ length: channels }, () => new Float32Array(AAC_FRAME_SAMPLES));
    const codec = findEncoder(FF_ENCODER_AAC);
    this.#packet.alloc();
    allocateSound(this.#frame, channels, AAC_FRAME_SAMPLES);
    this.#context.allocContext3(codec);
    this.#context.sampleRate = SAMPLE_RATE_HZ;
    this.#context.sampleFormat = AV_SAMPLE_FMT_FLTP;
    this.#context.channelLayout = channelLayout(channels);
    this.#context.bitRate = BigInt(bitrateBps);
    this.#context.timeBase = new Rational(1, SAMPLE_RATE_HZ);
    this.#context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    openCodec(this.#context, codec, { aac_coder: CODER });
    const config = this.#context.extraData;
    if (config === null) throw new CodecFailure('INTERNAL', 'The AAC encoder does not tell its configuration');
    this.audioSpecificConfig = Buffer.from(config);
  }

  /**
   * Takes any number of samples and gives the frames that are ready: one or two come later than what they hold.
   *
   * @throws {RangeError} for another number of channels
   * @throws {CodecFailure}
   */
  encode(pcm: Pcm): AacFrame[] {
    if (pcm.planes.length !== this.#waiting.length) throw new RangeError('Sound with another number of channels');
    const encoded: AacFrame[] = [];
    for (let from = 0; from < pcm.frames; ) {
      const count = Math.min(pcm.frames - from, AAC_FRAME_SAMPLES - this.#waitingFrames);
      for (const [channel, plane] of pcm.planes.entries()) {
        this.#waiting[channel]?.set(plane.subarray(from, from + count), this.#waitingFrames);
      }
      from += count;
      this.#waitingFrames += count;
      if (this.#waitingFrames === AAC_FRAME_SAMPLES) encoded.push(...this.#encodeWaiting());
    }
    return encoded;
  }

  /** The frames that hold the rest, the last one filled up with silence. Nothing can be encoded after it. */
  flush(): AacFrame[] {
    const encoded: AacFrame[] = [];
    if (this.#waitingFrames > 0) {
      for (const plane of this.#waiting) plane.fill(0, this.#waitingFrames);
      encoded.push(...this.#encodeWaiting());
    }
    check(this.#context.sendFrameSync(null), 'Ending AAC');
    return [...encoded, ...this.#receive()];
  }

  close(): void {
    this.#native.close();
  }

  #encodeWaiting(): AacFrame[] {
    // The encoder may still hold the memory of the frame before.
    check(this.#frame.makeWritable(), 'Room for sound');
    for (const [channel, plane] of nativePlanes(this.#frame, AAC_FRAME_SAMPLES).entries()) {
      plane.set(this.#waiting[channel] as Float32Array);
    }
    this.#frame.pts = BigInt(this.#encodedFrames);
    this.#encodedFrames += AAC_FRAME_SAMPLES;
    this.#waitingFrames = 0;
    check(this.#context.sendFrameSync(this.#frame), 'Encoding AAC');
    return this.#receive();
  }

  #receive(): AacFrame[] {
    const encoded: AacFrame[] = [];
    while (hasEncoded(this.#context.receivePacketSync(this.#packet), 'AAC')) {
      const position = Number(this.#packet.pts);
      if (position >= 0) encoded.push({ data: Buffer.from(this.#packet.data ?? []), position });
      this.#packet.unref();
    }
    return encoded;
  }
}
