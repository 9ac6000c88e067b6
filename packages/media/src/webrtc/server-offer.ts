import type { types } from 'mediasoup';
import { type LocalSection, type LocalTransport, senderLines, writeDescription } from './media-lines.ts';
import type { MediaKind } from './remote-description.ts';

/** A section of the offer that the server makes to a subscriber. */
export interface OfferedSection {
  readonly kind: MediaKind;
  readonly mid: string;
  /** The publisher and what is sent of it; undefined for a section that was closed. */
  readonly stream: { readonly participantId: string; readonly rtpParameters: types.RtpParameters } | undefined;
}

/** The first section's mid: bandwidth probes come under it (SSRC and payload type are the router's own constants). */
export const PROBATOR_MID = 'probator';
const PROBATOR_SSRC = 1234;
const PROBATOR_PAYLOAD_TYPE = 127;

/**
 * Writes the offer for a subscriber's one connection. Every section carries the router's own payload types and extension
 * ids, so that packets pass unchanged and the bandwidth estimate works.
 *
 * The first section never closes: it holds the bundle together while others come and go, and it takes the probe packets
 * by which the estimate rises, which a browser would otherwise drop unacknowledged.
 */
export function writeServerOffer(
  transport: LocalTransport,
  sessionId: string,
  version: number,
  capabilities: types.RtpCapabilities,
  sections: readonly OfferedSection[],
): string {
  return writeDescription({ sessionId, version, setup: 'actpass', transport, extmapAllowMixed: true }, [
    probatorSection(capabilities),
    ...sections.map(offeredSection),
  ]);
}

function probatorSection({ headerExtensions = [] }: types.RtpCapabilities): LocalSection {
  const estimate = /(sdes:mid|abs-send-time|transport-wide-cc-extensions-01)$/;
  const extensions = headerExtensions.filter(({ kind, uri }) => kind === 'video' && estimate.test(uri));
  const type = PROBATOR_PAYLOAD_TYPE;
  return {
    media: 'video',
    protocol: 'UDP/TLS/RTP/SAVPF',
    mid: PROBATOR_MID,
    reducedSizeRtcp: true,
    payloadTypes: [type],
    direction: 'sendonly',
    lines: [
      `rtpmap:${type} VP8/90000`,
      `rtcp-fb:${type} transport-cc`,
      ...extensions.map(({ preferredId, uri }) => `extmap:${preferredId} ${uri}`),
      `msid:${PROBATOR_MID} ${PROBATOR_MID}`,
      `ssrc:${PROBATOR_SSRC} cname:${PROBATOR_MID}`,
    ],
  };
}

function offeredSection({ kind, mid, stream }: OfferedSection): LocalSection {
  const common = { media: kind, protocol: 'UDP/TLS/RTP/SAVPF', mid, reducedSizeRtcp: true };
  if (!stream) return { ...common, payloadTypes: [0], direction: 'rejected', lines: [] };
  const { participantId, rtpParameters } = stream;
  return {
    ...common,
    payloadTypes: rtpParameters.codecs.map(({ payloadType }) => payloadType),
    direction: 'sendonly',
    lines: senderLines(rtpParameters, participantId, `${participantId}-${kind}-${mid}`),
  };
}
