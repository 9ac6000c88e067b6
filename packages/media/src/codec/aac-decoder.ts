import { AV_SAMPLE_FMT_FLTP, FF_DECODER_AAC } from '#node-av/constants';
import { CodecContext, Frame, Packet } from '#node-av/lib';
import { copySound } from './audio-format.ts';
import { CodecFailure } from './codec-failure.ts';
import { checkDecoding, findDecoder, hasDecoded, NativeObjects, openCodec } from './native.ts';
import { joinSound, type Pcm } from './pcm.ts';

/** Decodes AAC. */
export class AacDecoder {
  readonly #native = new NativeObjects();
  readonly #context = this.#native.own(new CodecContext(), (context) => context.freeContext());
  readonly #packet = this.#native.own(new Packet(), (packet) => packet.free());
  readonly #frame = this.#native.own(new Frame(), (frame) => frame.free());

  /**
   * @param audioSpecificConfig ISO/IEC 14496-3 §1.6.2.1
   * @throws {CodecFailure} for one that cannot be read
   */
  constructor(audioSpecificConfig: Buffer) {
    const codec = findDecoder(FF_DECODER_AAC);
    this.#packet.alloc();
    this.#frame.alloc();
    this.#context.allocContext3(codec);
    this.#context.threadCount = 1;
    this.#context.extraData = audioSpecificConfig;
    try {
      openCodec(this.#context, codec);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * @param frame without ADTS
   * @returns sound at the rate and of the channels that the configuration tells
   * @throws {CodecFailure} with INVALID_DATA for what cannot be decoded; the next frame may be decoded all the same
   */
  decode(frame: Buffer): Pcm {
    this.#packet.unref();
    this.#packet.data = frame;
    checkDecoding(this.#context.sendPacketSync(this.#packet), 'AAC');
    const pieces: Pcm[] = [];
    while (hasDecoded(this.#context.receiveFrameSync(this.#frame), 'AAC')) {
      if (this.#frame.format !== AV_SAMPLE_FMT_FLTP)
        throw new CodecFailure('INTERNAL', 'AAC decodes to unknown numbers');
      pieces.push(copySound(this.#frame));
      this.#frame.unref();
    }
    return joinSound(pieces);
  }

  close(): void {
    this.#native.close();
  }
}
