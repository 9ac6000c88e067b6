import { AV_SAMPLE_FMT_FLT, FF_ENCODER_LIBOPUS } from '#node-av/constants';
import { CodecContext, CodecParameters, Frame, Packet, Rational } from '#node-av/lib';
import { channelLayout, nativePlanes, SAMPLE_RATE_HZ } from './audio-format.ts';
import { CodecFailure } from './codec-failure.ts';
import { check, findEncoder, hasEncoded, NativeObjects, openCodec } from './native.ts';
import type { Pcm } from './pcm.ts';

/** Samples of each channel in a packet: 20 ms. */
export const OPUS_FRAME_SAMPLES = 960;

const OPTIONS = {
  application: 'audio',
  vbr: 'on',
  // Of 10. What more is spent is not heard at the bitrates of stages.
  compression_level: '4',
};

/** Encodes sound of 48 kHz as Opus. */
export class OpusEncoder {
  readonly #native = new NativeObjects();
  readonly #context = this.#native.own(new CodecContext(), (context) => context.freeContext());
  readonly #packet = this.#native.own(new Packet(), (packet) => packet.free());
  readonly #frame = this.#native.own(new Frame(), (frame) => frame.free());
  readonly #channels: 1 | 2;
  #encodedFrames = 0;

  /** How many samples later than in what was encoded a sound stands in what is decoded (RFC 7845 §4.2, "pre-skip"). */
  readonly delaySamples: number;

  /** @throws {CodecFailure} */
  constructor({ channels, bitrateBps }: { channels: 1 | 2; bitrateBps: number }) {
    this.#channels = channels;
    const codec = findEncoder(FF_ENCODER_LIBOPUS);
    this.#packet.alloc();
    this.#allocateFrame();
    this.#context.allocContext3(codec);
    this.#context.sampleRate = SAMPLE_RATE_HZ;
    this.#context.sampleFormat = AV_SAMPLE_FMT_FLT;
    this.#context.channelLayout = channelLayout(channels);
    this.#context.bitRate = BigInt(bitrateBps);
    this.#context.timeBase = new Rational(1, SAMPLE_RATE_HZ);
    openCodec(this.#context, codec, OPTIONS);
    this.delaySamples = delayOf(this.#context);
  }

  /**
   * @param pcm of {@link OPUS_FRAME_SAMPLES}
   * @returns the payload of one RTP packet (RFC 7587)
   * @throws {RangeError} for sound of another length or number of channels
   * @throws {CodecFailure}
   */
  encode(pcm: Pcm): Buffer {
    if (pcm.frames !== OPUS_FRAME_SAMPLES || pcm.planes.length !== this.#channels) {
      throw new RangeError('Sound of another length or number of channels');
    }
    // The encoder may still hold the memory of the frame before.
    check(this.#frame.makeWritable(), 'Room for sound');
    const [samples] = nativePlanes(this.#frame, OPUS_FRAME_SAMPLES * this.#channels);
    for (const [channel, plane] of pcm.planes.entries()) {
      for (let index = 0; index < OPUS_FRAME_SAMPLES; index += 1) {
        (samples as Float32Array)[index * this.#channels + channel] = plane[index] as number;
      }
    }
    this.#frame.pts = BigInt(this.#encodedFrames);
    this.#encodedFrames += OPUS_FRAME_SAMPLES;
    check(this.#context.sendFrameSync(this.#frame), 'Encoding Opus');
    if (!hasEncoded(this.#context.receivePacketSync(this.#packet), 'Opus')) {
      throw new CodecFailure('INTERNAL', 'The Opus encoder holds a packet back');
    }
    const packet = Buffer.from(this.#packet.data ?? []);
    this.#packet.unref();
    return packet;
  }

  close(): void {
    this.#native.close();
  }

  /** Of the form that the library takes: the channels' samples by turns. */
  #allocateFrame(): void {
    this.#frame.alloc();
    this.#frame.nbSamples = OPUS_FRAME_SAMPLES;
    this.#frame.format = AV_SAMPLE_FMT_FLT;
    this.#frame.sampleRate = SAMPLE_RATE_HZ;
    this.#frame.channelLayout = channelLayout(this.#channels);
    check(this.#frame.getBuffer(), 'Room for sound');
  }
}

function delayOf(context: CodecContext): number {
  const parameters = new CodecParameters();
  parameters.alloc();
  try {
    check(parameters.fromContext(context), 'Parameters of Opus');
    return parameters.initialPadding;
  } finally {
    parameters.free();
  }
}
