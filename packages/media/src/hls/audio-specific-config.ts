import { BitReader } from '../rtp/bit-reader.ts';
import { MalformedMedia } from '../rtp/malformed-media.ts';

/** What decoders of AAC must know before the first frame (ISO/IEC 14496-3 §1.6.2.1). */
export interface AudioSpecificConfig {
  /** 2 is AAC-LC, 5 and 29 are HE-AAC. */
  readonly objectType: number;
  readonly sampleRateHz: number;
  readonly channels: number;
}

const SAMPLE_RATES_HZ = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];
/** Table 1.19; 7 stands for 7.1. */
const CHANNELS = [undefined, 1, 2, 3, 4, 5, 6, 8];

/** Reads the beginning; what follows depends on the object type. @throws {MalformedMedia} */
export function readAudioSpecificConfig(config: Buffer): AudioSpecificConfig {
  const reader = new BitReader(config);
  const objectType = readObjectType(reader);
  const rateIndex = reader.bits(4);
  const sampleRateHz = rateIndex === 15 ? reader.bits(24) : SAMPLE_RATES_HZ[rateIndex];
  if (!sampleRateHz) throw new MalformedMedia('INVALID', 'An AudioSpecificConfig has no sample rate');
  const channels = CHANNELS[reader.bits(4)];
  if (channels === undefined) {
    throw new MalformedMedia('UNSUPPORTED', 'An AudioSpecificConfig tells its channels in a way that is not read');
  }
  return { objectType, sampleRateHz, channels };
}

function readObjectType(reader: BitReader): number {
  const type = reader.bits(5);
  return type === 31 ? 32 + reader.bits(6) : type;
}
