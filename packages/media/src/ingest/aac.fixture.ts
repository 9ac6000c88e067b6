import { execFileSync } from 'node:child_process';

export interface EncodedAac {
  readonly audioSpecificConfig: Buffer;
  /** In order; each is heard from `mediaMs` on. */
  readonly frames: readonly { readonly data: Buffer; readonly mediaMs: number }[];
}

const FRAME_SAMPLES = 1_024;
/** ISO/IEC 14496-3 table 1.18. */
const SAMPLE_RATE_INDEX = new Map([
  [48_000, 3],
  [44_100, 4],
]);

/** Sound by FFmpeg's expression of it, as AAC-LC. */
export function encodeAac(
  expression: string,
  { sampleRateHz, channels, seconds }: { sampleRateHz: number; channels: number; seconds: number },
): EncodedAac {
  const all = Array.from({ length: channels }, () => expression).join('|');
  const source = `aevalsrc='${all}':s=${sampleRateHz}:d=${seconds}`;
  const output = ['-c:a', 'aac', '-b:a', '128k', '-f', 'adts', '-'];
  const adts = execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', source, ...output], {
    maxBuffer: 32 * 1_024 * 1_024,
  });
  const index = SAMPLE_RATE_INDEX.get(sampleRateHz) ?? 15;
  const config = Buffer.alloc(2);
  config.writeUInt16BE((2 << 11) | (index << 7) | (channels << 3));
  // The first frame stands before the sound: the encoder begins with it.
  const frames = readAdts(adts).map((data, frame) => ({
    data,
    mediaMs: (1_000 * (frame - 1) * FRAME_SAMPLES) / sampleRateHz,
  }));
  return { audioSpecificConfig: config, frames };
}

/** ISO/IEC 14496-3 §1.A.3: headers of seven bytes, which tell how long a frame is with them. */
function readAdts(adts: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let offset = 0; offset + 7 <= adts.length; ) {
    const length = (adts.readUInt32BE(offset + 3) >> 13) & 0x1fff;
    frames.push(adts.subarray(offset + 7, offset + length));
    offset += length;
  }
  return frames;
}
