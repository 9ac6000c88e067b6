import { layersToSend, type SourceSize } from '../streams/simulcast-layers.ts';
import { audioBitrateKbps } from '../streams/stream-bounds.ts';
import type { StageAudioConfiguration, StageVideoConfiguration } from '../streams/stream-configuration.ts';

const KBPS = 1000;

/** Names of layers, the lowest first: as Amazon IVS names them. */
const RIDS: readonly (readonly string[])[] = [[], [], ['low', 'hi'], ['low', 'mid', 'hi']];

/** How a stream's configuration limits what is sent of it: one layer of a video, or an audio stream. */
export type SendLimits = Pick<
  RTCRtpEncodingParameters,
  'maxBitrate' | 'maxFramerate' | 'scaleResolutionDownBy' | 'active'
>;

/** The limits of each layer, the lowest first. */
export function videoLimits(config: StageVideoConfiguration, source: SourceSize): SendLimits[] {
  return layersToSend(config, source).map(({ scaleDownBy, maxBitrateKbps, maxFramerate }) => ({
    maxBitrate: maxBitrateKbps * KBPS,
    maxFramerate,
    scaleResolutionDownBy: scaleDownBy,
  }));
}

export function audioLimits(config: StageAudioConfiguration): SendLimits[] {
  return [{ maxBitrate: audioBitrateKbps(config) * KBPS }];
}

/** The encodings with which a video that has these limits is offered. Empty for one layer: it needs no name. */
export function offeredEncodings(limits: readonly SendLimits[]): RTCRtpEncodingParameters[] {
  return limits.length < 2 ? [] : limits.map((limit, layer) => ({ rid: RIDS[limits.length]?.[layer] ?? '', ...limit }));
}

/**
 * Limits for the encodings that a sender has, which stay as they were offered: a stream of fewer layers is sent in the
 * highest ones alone, one of more layers without its lowest.
 *
 * @param heldBack the names of layers that nobody receives; not of a stream that has no other
 */
export function fitToEncodings(
  limits: readonly SendLimits[],
  encodings: readonly Pick<RTCRtpEncodingParameters, 'rid'>[],
  heldBack: ReadonlySet<string>,
): SendLimits[] {
  const surplus = encodings.length - limits.length;
  return encodings.map(({ rid = '' }, index) => {
    const limit = limits[index - surplus];
    return { ...limit, active: limit !== undefined && !(surplus === 0 && heldBack.has(rid)) };
  });
}
