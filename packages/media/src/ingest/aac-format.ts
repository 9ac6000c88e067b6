import { readAudioSpecificConfig } from '../hls/audio-specific-config.ts';
import { MalformedMedia } from '../rtp/index.ts';

/** What AAC is before it is decoded. */
export interface AacFormat {
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
}

const OBJECT_TYPE_LC = 2;
const SAMPLE_RATES_HZ: readonly number[] = [44_100, 48_000];

/** @returns undefined for what a stage does not take: other than AAC-LC of 44.1 or 48 kHz in mono or stereo */
export function readAacFormat(audioSpecificConfig: Buffer): AacFormat | undefined {
  try {
    const { objectType, sampleRateHz, channels } = readAudioSpecificConfig(audioSpecificConfig);
    const taken = objectType === OBJECT_TYPE_LC && SAMPLE_RATES_HZ.includes(sampleRateHz);
    return taken && (channels === 1 || channels === 2) ? { sampleRateHz, channels } : undefined;
  } catch (error) {
    if (error instanceof MalformedMedia) return undefined;
    throw error;
  }
}
