import type { StageAudioConfiguration, StageVideoConfiguration } from '../streams/stream-configuration.ts';

const KBPS = 1000;
const LOWEST_AUDIO_KBPS = 12;
const HIGHEST_AUDIO_KBPS = 128;

/** How a stream's configuration limits its sender. */
export type SendLimits = Pick<RTCRtpEncodingParameters, 'maxBitrate' | 'maxFramerate'>;

export function videoLimits({ maxVideoBitrateKbps = 2500, maxFramerate = 30 }: StageVideoConfiguration): SendLimits {
  return { maxBitrate: maxVideoBitrateKbps * KBPS, maxFramerate };
}

export function audioLimits({ maxAudioBitrateKbps = 64 }: StageAudioConfiguration): SendLimits {
  const bitrateKbps = Math.min(HIGHEST_AUDIO_KBPS, Math.max(LOWEST_AUDIO_KBPS, maxAudioBitrateKbps));
  return { maxBitrate: bitrateKbps * KBPS };
}
