import { AV_SAMPLE_FMT_FLTP } from '#node-av/constants';
import { SoftwareResampleContext } from '#node-av/lib';
import { channelLayout } from './audio-format.ts';
import { check, NativeObjects } from './native.ts';
import type { Pcm } from './pcm.ts';

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Brings sound to another sample rate, piece by piece. */
export class Resampler {
  readonly #native = new NativeObjects();
  readonly #context = this.#native.own(new SoftwareResampleContext(), (context) => context.free());
  readonly #channels: 1 | 2;

  /** @throws {CodecFailure} */
  constructor({ fromHz, toHz, channels }: { fromHz: number; toHz: number; channels: 1 | 2 }) {
    this.#channels = channels;
    const layout = channelLayout(channels);
    const format = AV_SAMPLE_FMT_FLTP;
    check(this.#context.allocSetOpts2(layout, format, toHz, layout, format, fromHz), 'Setting up a resampler');
    check(this.#context.init(), 'Setting up a resampler');
  }

  /**
   * The first sample that comes out is of the time of the first that went in; a few come with the next piece.
   *
   * @throws {RangeError} for another number of channels
   * @throws {CodecFailure}
   */
  resample(pcm: Pcm): Pcm {
    if (pcm.planes.length !== this.#channels) throw new RangeError('Sound with another number of channels');
    const room = check(this.#context.getOutSamples(pcm.frames), 'Resampling');
    const resampled = pcm.planes.map(() => new Float32Array(room));
    const input = pcm.planes.map(bytesOf);
    const frames = check(this.#context.convertSync(resampled.map(bytesOf), room, input, pcm.frames), 'Resampling');
    return { planes: resampled.map((plane) => plane.subarray(0, frames)), frames };
  }

  close(): void {
    this.#native.close();
  }
}

function bytesOf(plane: Float32Array): Buffer {
  return Buffer.from(plane.buffer, plane.byteOffset, plane.length * BYTES);
}
