import type { OpusDecoderHandle } from '#libopus-wasm';
import type { OpusPacket } from '../receive/remote-audio.ts';

/** The rates that Opus knows, in samples a second. */
export type SampleRate = 8_000 | 12_000 | 16_000 | 24_000 | 48_000;

export interface DecodeOptions {
  /** @default 48000 */
  readonly sampleRate?: SampleRate;
  /** With 1 a stereo sound is mixed down. @default 1 */
  readonly channels?: 1 | 2;
}

/** Sound as samples. */
export interface PcmFrame {
  /** 16 bits, of the channels in turn. */
  readonly samples: Int16Array;
  readonly sampleRate: SampleRate;
  readonly channels: 1 | 2;
  /** Of its first sample: milliseconds since 1970 by this machine's clock. */
  readonly timeMs: number;
}

/** The longest gap that is filled: what Opus makes up for longer is silence anyway. */
const MAXIMUM_CONCEALED_MS = 120;

/** Decodes packets one by one; a packet that cannot be decoded counts as lost. */
export async function* decodeOpus(
  packets: AsyncIterable<OpusPacket>,
  { sampleRate = 48_000, channels = 1 }: DecodeOptions,
): AsyncGenerator<PcmFrame, void, undefined> {
  const { createDecoder, isOpusError } = await import('#libopus-wasm');
  using decoder = await createDecoder({ sampleRate, channels });
  const frame = (samples: Int16Array, timeMs: number): PcmFrame => ({ samples, sampleRate, channels, timeMs });
  let endMs: number | undefined;
  for await (const packet of packets) {
    const { payload, durationMs, timeMs, afterLoss } = packet;
    const missingMs = afterLoss && endMs !== undefined ? timeMs - endMs : 0;
    try {
      if (endMs !== undefined && missingMs >= durationMs / 2 && missingMs <= MAXIMUM_CONCEALED_MS) {
        for (const samples of conceal(decoder, packet, missingMs, sampleRate)) {
          yield frame(samples, endMs);
          endMs += (1_000 * samples.length) / channels / sampleRate;
        }
      }
      yield frame(decoder.decode(payload), timeMs);
      endMs = timeMs + durationMs;
    } catch (error) {
      if (!isOpusError(error)) throw error;
    }
  }
}

/** What was lost before a packet: the last of it may stand in that packet (in-band FEC), the rest is made up. */
function* conceal(
  decoder: OpusDecoderHandle,
  { payload, durationMs }: OpusPacket,
  missingMs: number,
  sampleRate: SampleRate,
): Generator<Int16Array> {
  const frameSize = (durationMs * sampleRate) / 1_000;
  const count = Math.max(1, Math.round(missingMs / durationMs));
  for (let index = 1; index < count; index += 1) yield decoder.decodePacketLoss(frameSize);
  yield decoder.decode(payload, { decodeFec: true, frameSize });
}
