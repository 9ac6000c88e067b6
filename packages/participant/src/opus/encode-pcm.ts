import type { SampleRate } from './decode-opus.ts';
import { opusDurationMs } from './opus-duration.ts';

/** Sound to be encoded. */
export interface PcmSource {
  /** Samples of 16 bits, of the channels in turn, in pieces of any length. */
  readonly pcm: AsyncIterable<Int16Array>;
  /** @default 48000 */
  readonly sampleRate?: SampleRate;
  /** @default 1 */
  readonly channels?: 1 | 2;
  /** 6,000 to 510,000. @default 32000 for one channel, 64000 for two */
  readonly bitrateBps?: number;
}

/** A packet to be sent. */
export interface OutgoingOpus {
  readonly payload: Uint8Array;
  readonly durationMs: number;
  /** How loud it is, 0 (the loudest that can be) to -127 (silence); undefined where that is not known. */
  readonly levelDbov?: number;
}

const FRAME_MS = 20;
const SILENCE_DBOV = -127;

const SAMPLE_RATES: readonly number[] = [8_000, 12_000, 16_000, 24_000, 48_000];
const BITRATES_BPS = { lowest: 6_000, highest: 510_000 };

/** @throws {RangeError} for what Opus does not know */
export function checkPcm({ sampleRate = 48_000, channels = 1, bitrateBps = 32_000 }: PcmSource): void {
  if (!SAMPLE_RATES.includes(sampleRate)) {
    throw new RangeError(`Opus knows ${SAMPLE_RATES.join(', ')} samples a second, not ${sampleRate}`);
  }
  if (channels !== 1 && channels !== 2) throw new RangeError(`Sound has 1 or 2 channels here, not ${channels}`);
  if (!(bitrateBps >= BITRATES_BPS.lowest && bitrateBps <= BITRATES_BPS.highest)) {
    throw new RangeError(`Opus takes ${BITRATES_BPS.lowest} to ${BITRATES_BPS.highest} bit/s, not ${bitrateBps}`);
  }
}

/** Encodes to packets of 20 ms; the last one is filled with silence. */
export async function* encodePcm({
  pcm,
  sampleRate = 48_000,
  channels = 1,
  bitrateBps = 32_000 * channels,
}: PcmSource): AsyncGenerator<OutgoingOpus, void, undefined> {
  const { Application, createEncoder } = await import('#libopus-wasm');
  const frameSize = (FRAME_MS * sampleRate) / 1_000;
  using encoder = await createEncoder({
    sampleRate,
    channels,
    frameSize,
    application: Application.Voip,
    bitrate: bitrateBps,
    fec: true,
    packetLossPercent: 5,
  });
  for await (const samples of inFrames(pcm, frameSize * channels)) {
    yield { payload: encoder.encode(samples), durationMs: FRAME_MS, levelDbov: levelOf(samples) };
  }
}

/** Packets that are encoded already. @throws {RangeError} for what is no Opus */
export async function* readOpus(
  packets: AsyncIterable<{ readonly payload: Uint8Array; readonly levelDbov?: number }>,
): AsyncGenerator<OutgoingOpus, void, undefined> {
  for await (const { payload, levelDbov } of packets) {
    yield { payload, durationMs: opusDurationMs(payload), ...(levelDbov !== undefined && { levelDbov }) };
  }
}

async function* inFrames(pieces: AsyncIterable<Int16Array>, length: number): AsyncGenerator<Int16Array> {
  let frame = new Int16Array(length);
  let filled = 0;
  for await (const piece of pieces) {
    for (let offset = 0; offset < piece.length; ) {
      const part = piece.subarray(offset, offset + length - filled);
      frame.set(part, filled);
      filled += part.length;
      offset += part.length;
      if (filled < length) continue;
      yield frame;
      frame = new Int16Array(length);
      filled = 0;
    }
  }
  if (filled > 0) yield frame;
}

/** RFC 6465 §5: the root mean square, against that of the loudest square wave. */
export function levelOf(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const level = 20 * Math.log10(Math.sqrt(sum / samples.length) / 32_768);
  return Math.max(SILENCE_DBOV, Math.min(0, Math.round(level)));
}
