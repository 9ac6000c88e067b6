import { FF_DECODER_OPUS } from '#node-av/constants';
import { CodecContext, Frame, Packet } from '#node-av/lib';
import { channelLayout, copySound, SAMPLE_RATE_HZ } from './audio-format.ts';
import { checkDecoding, findDecoder, hasDecoded, NativeObjects, openCodec } from './native.ts';
import { joinSound, type Pcm } from './pcm.ts';

/** An identification header (RFC 7845 §5.1) of stereo at 48 kHz without pre-skip, as RTP has none. */
const OPUS_HEAD = Buffer.concat([
  Buffer.from('OpusHead'),
  Buffer.of(1, 2, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0), // version, channels, pre-skip, rate, gain, mapping
]);

/** Decodes Opus to stereo at 48 kHz, whatever was encoded. */
export class OpusDecoder {
  readonly #native = new NativeObjects();
  readonly #context = this.#native.own(new CodecContext(), (context) => context.freeContext());
  readonly #packet = this.#native.own(new Packet(), (packet) => packet.free());
  readonly #frame = this.#native.own(new Frame(), (frame) => frame.free());

  /** @throws {CodecFailure} */
  constructor() {
    const codec = findDecoder(FF_DECODER_OPUS);
    this.#packet.alloc();
    this.#frame.alloc();
    this.#context.allocContext3(codec);
    this.#context.sampleRate = SAMPLE_RATE_HZ;
    this.#context.channelLayout = channelLayout(2);
    this.#context.threadCount = 1;
    this.#context.extraData = OPUS_HEAD;
    openCodec(this.#context, codec);
  }

  /**
   * @param packet the payload of one RTP packet (RFC 7587)
   * @throws {CodecFailure} with INVALID_DATA for what is no Opus; the next packet may be decoded all the same
   */
  decode(packet: Buffer): Pcm {
    this.#packet.unref();
    this.#packet.data = packet;
    checkDecoding(this.#context.sendPacketSync(this.#packet), 'Opus');
    const pieces: Pcm[] = [];
    while (hasDecoded(this.#context.receiveFrameSync(this.#frame), 'Opus')) {
      pieces.push(copySound(this.#frame));
      this.#frame.unref();
    }
    return joinSound(pieces);
  }

  close(): void {
    this.#native.close();
  }
}
