import { readAudioSpecificConfig } from './audio-specific-config.ts';

/** A video codec as CODECS names it: profile, constraints and level as the SPS holds them (RFC 6381 §3.3). */
export function avcCodecString(sequenceParameterSet: Buffer): string {
  return `avc1.${sequenceParameterSet.toString('hex', 1, 4)}`;
}

/** An audio codec as CODECS names it (RFC 6381 §3.3). @throws {MalformedMedia} */
export function aacCodecString(audioSpecificConfig: Buffer): string {
  return `mp4a.40.${readAudioSpecificConfig(audioSpecificConfig).objectType}`;
}
