import type { types } from 'mediasoup';
import { MediaRefusal } from '../refusal.ts';
import { commonFeedback, type NegotiatedCodec, senderCodecs, usableCodecs } from './codecs.ts';
import { orderByName } from './layer-names.ts';
import {
  answeringSession,
  codecLines,
  type LocalSection,
  type LocalTransport,
  writeDescription,
} from './media-lines.ts';
import { type OfferedIce, offeredIce } from './offered-ice.ts';
import {
  type MediaKind,
  type RemoteDescription,
  type RemoteSection,
  readRemoteDescription,
  requireMediaOnly,
} from './remote-description.ts';
import { unsupported } from './session-description.ts';
import { layersOf, receiveLayerLines } from './simulcast.ts';

/** Layers of one video; of a client that offers more, the ones that it named first are taken: it prefers them (RFC 8853 §5.2). */
const MAXIMUM_LAYERS = 3;
/** RFC 8852 §4.1. */
const RID_EXTENSION = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';

/** One stream of a publisher's offer: how it will arrive. Several encodings are its layers, probably the lowest first. */
export interface OfferedStream {
  readonly kind: MediaKind;
  readonly mid: string;
  readonly rtpParameters: types.RtpParameters;
}

/** A publisher's offer that can be served. */
export interface PublishOffer {
  readonly ice: OfferedIce;
  readonly dtlsParameters: types.DtlsParameters;
  readonly streams: readonly OfferedStream[];
  /** Writes the answer (RFC 9725 §4.2) for the transport that was made for this offer. */
  answer(transport: LocalTransport, sessionId: string): string;
}

interface AcceptedSection {
  readonly section: RemoteSection;
  readonly negotiated: NegotiatedCodec;
  readonly headerExtensions: types.RtpHeaderExtensionParameters[];
  /** The layers by their names, in the order of the offer; empty when packets do not carry the names. */
  readonly rids: readonly string[];
}

/**
 * Reads what a WHIP client offers to send: at most one audio and one video section, the video section compulsory.
 *
 * @param capabilities of the router that will take the streams
 * @throws {MediaRefusal} `BROKEN_OFFER`, `UNSUPPORTED_OFFER`, `NO_VIDEO_SECTION` or `CODEC_MISMATCH`
 */
export function readPublishOffer(text: string, capabilities: types.RtpCapabilities): PublishOffer {
  const description = readRemoteDescription(text);
  requireMediaOnly(description);
  requireSingleStream(description);
  const audio = onlySection(description, 'audio');
  const video = onlySection(description, 'video');
  if (!video) throw new MediaRefusal('NO_VIDEO_SECTION', 'The offer needs a video section with H.264 (or VP8)');

  const accepted = [audio, video]
    .filter((section) => section !== undefined)
    .map((section) => acceptSection(section, capabilities));
  return {
    ice: offeredIce(description),
    dtlsParameters: description.dtlsParameters,
    streams: accepted
      .filter(({ section }) => section.direction !== 'inactive')
      .map((candidate) => ({
        kind: candidate.section.kind as MediaKind,
        mid: candidate.section.mid,
        rtpParameters: rtpParameters(candidate),
      })),
    answer: (transport, sessionId) =>
      writeDescription(
        answeringSession(description, transport, sessionId),
        description.sections.map((section) =>
          answerSection(
            section,
            accepted.find((one) => one.section === section),
          ),
        ),
      ),
  };
}

function onlySection(description: RemoteDescription, kind: MediaKind): RemoteSection | undefined {
  const sections = description.sections.filter((section) => section.kind === kind && section.offered);
  if (sections.length > 1) throw unsupported(`it has more than one ${kind} section`);
  return sections[0];
}

/** RFC 9725 §4.4.2 */
function requireSingleStream({ sections }: RemoteDescription): void {
  const streamIds = new Set(sections.flatMap(({ streamIds: ids, offered }) => (offered ? ids : [])));
  if (streamIds.size > 1) throw unsupported('its tracks belong to more than one MediaStream');
}

function acceptSection(section: RemoteSection, capabilities: types.RtpCapabilities): AcceptedSection {
  if (section.direction === 'recvonly') throw unsupported(`its ${section.kind} section is recvonly`);
  const [negotiated] = usableCodecs(section);
  if (!negotiated) {
    const wanted = section.kind === 'audio' ? 'Opus' : 'H.264 (packetization-mode=1, profile 42xxxx) or VP8';
    const kind = section.kind as MediaKind;
    throw new MediaRefusal('CODEC_MISMATCH', `The ${kind} section offers no ${wanted}`, { kind });
  }
  const headerExtensions = section.headerExtensions.filter(
    ({ id, uri }) =>
      id < 256 &&
      capabilities.headerExtensions?.some(
        (ours) => ours.kind === section.kind && ours.uri === uri && ours.direction !== 'sendonly',
      ),
  );
  const named = section.kind === 'video' && headerExtensions.some(({ uri }) => uri === RID_EXTENSION);
  return {
    section,
    negotiated,
    headerExtensions: headerExtensions as types.RtpHeaderExtensionParameters[],
    rids: named ? layersOf(section.layers, negotiated.codec.payloadType).slice(0, MAXIMUM_LAYERS) : [],
  };
}

function rtpParameters(accepted: AcceptedSection): types.RtpParameters {
  const { section, negotiated, headerExtensions } = accepted;
  const { reducedSizeRtcp, cname } = section;
  return {
    mid: section.mid,
    codecs: senderCodecs(negotiated),
    headerExtensions,
    encodings: encodings(accepted),
    rtcp: { reducedSize: reducedSizeRtcp, ...(cname === undefined ? {} : { cname }) },
  };
}

function encodings({ section, negotiated, rids }: AcceptedSection): types.RtpEncodingParameters[] {
  if (rids.length > 0) return orderByName(rids).map((rid) => ({ rid }));
  const repaired = negotiated.rtxPayloadType !== undefined;
  const sources = section.sources.slice(0, section.kind === 'video' ? MAXIMUM_LAYERS : 1);
  if (sources.length === 0) return [{}];
  return sources.map(({ ssrc, rtxSsrc }) => ({
    ssrc,
    ...(repaired && rtxSsrc !== undefined ? { rtx: { ssrc: rtxSsrc } } : {}),
  }));
}

function answerSection(section: RemoteSection, accepted: AcceptedSection | undefined): LocalSection {
  const { media, protocol, mid, formats, reducedSizeRtcp } = section;
  const common = { media, protocol, mid, reducedSizeRtcp };
  if (!accepted) return { ...common, payloadTypes: formats.slice(0, 1), direction: 'rejected', lines: [] };
  const { negotiated, headerExtensions, rids } = accepted;
  const { codec, rtxPayloadType } = negotiated;
  const [main] = senderCodecs(negotiated);
  if (!main) throw new Error('a negotiated codec has no parameters');
  return {
    ...common,
    payloadTypes: rtxPayloadType === undefined ? [codec.payloadType] : [codec.payloadType, rtxPayloadType],
    direction: section.direction === 'inactive' ? 'inactive' : 'recvonly',
    lines: [
      // The profile of the offer stands in the answer: a changed one is no match (RFC 6184 §8.2.2).
      ...codecLines({ ...main, parameters: codec.parameters, rtcpFeedback: commonFeedback(negotiated) }),
      ...(rtxPayloadType === undefined
        ? []
        : codecLines({
            payloadType: rtxPayloadType,
            mimeType: 'video/rtx',
            clockRate: codec.clockRate,
            parameters: { apt: codec.payloadType },
          })),
      ...headerExtensions.map(({ id, uri }) => `extmap:${id} ${uri}`),
      ...receiveLayerLines(rids),
    ],
  };
}
