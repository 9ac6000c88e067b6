import type { types } from 'mediasoup';
import { MediaRefusal } from '../refusal.ts';
import { commonFeedback, type NegotiatedCodec, senderCodecs, usableCodecs } from './codecs.ts';
import {
  answeringSession,
  codecLines,
  type LocalSection,
  type LocalTransport,
  writeDescription,
} from './media-lines.ts';
import {
  type MediaKind,
  type RemoteDescription,
  type RemoteSection,
  readRemoteDescription,
} from './remote-description.ts';
import { broken } from './session-description.ts';

/** One stream of a publisher's offer: how it will arrive. */
export interface OfferedStream {
  readonly kind: MediaKind;
  readonly mid: string;
  readonly rtpParameters: types.RtpParameters;
}

/** A publisher's offer that can be served. */
export interface PublishOffer {
  readonly dtlsParameters: types.DtlsParameters;
  readonly streams: readonly OfferedStream[];
  /** Writes the answer (RFC 9725 §4.2) for the transport that was made for this offer. */
  answer(transport: LocalTransport, sessionId: string): string;
}

interface AcceptedSection {
  readonly section: RemoteSection;
  readonly negotiated: NegotiatedCodec;
  readonly headerExtensions: types.RtpHeaderExtensionParameters[];
}

/**
 * Reads what a WHIP client offers to send: at most one audio and one video section, the video section compulsory.
 *
 * @param capabilities of the router that will take the streams
 * @throws {MediaRefusal} `BROKEN_OFFER`, `NO_VIDEO_SECTION` or `CODEC_MISMATCH`
 */
export function readPublishOffer(text: string, capabilities: types.RtpCapabilities): PublishOffer {
  const description = readRemoteDescription(text);
  const audio = onlySection(description, 'audio');
  const video = onlySection(description, 'video');
  if (!video) throw new MediaRefusal('NO_VIDEO_SECTION', 'The offer needs a video section with H.264 (or VP8)');

  const accepted = [audio, video]
    .filter((section) => section !== undefined)
    .map((section) => acceptSection(section, capabilities));
  return {
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
  if (sections.length > 1) throw broken(`it has more than one ${kind} section`);
  return sections[0];
}

function acceptSection(section: RemoteSection, capabilities: types.RtpCapabilities): AcceptedSection {
  if (section.direction === 'recvonly') throw broken(`its ${section.kind} section is recvonly`);
  const [negotiated] = usableCodecs(section);
  if (!negotiated) {
    const wanted = section.kind === 'audio' ? 'Opus' : 'H.264 (packetization-mode=1, profile 42xxxx) or VP8';
    throw new MediaRefusal(
      'CODEC_MISMATCH',
      `The ${section.kind} section offers no ${wanted}`,
      section.kind as MediaKind,
    );
  }
  const headerExtensions = section.headerExtensions.filter(
    ({ id, uri }) =>
      id < 256 &&
      capabilities.headerExtensions?.some(
        (ours) => ours.kind === section.kind && ours.uri === uri && ours.direction !== 'sendonly',
      ),
  );
  return { section, negotiated, headerExtensions: headerExtensions as types.RtpHeaderExtensionParameters[] };
}

function rtpParameters({ section, negotiated, headerExtensions }: AcceptedSection): types.RtpParameters {
  const { ssrc, rtxSsrc, cname } = section;
  const encoding =
    ssrc === undefined
      ? {}
      : {
          ssrc,
          ...(rtxSsrc === undefined || negotiated.rtxPayloadType === undefined ? {} : { rtx: { ssrc: rtxSsrc } }),
        };
  return {
    mid: section.mid,
    codecs: senderCodecs(negotiated),
    headerExtensions,
    encodings: [encoding],
    rtcp: { reducedSize: section.reducedSizeRtcp, ...(cname === undefined ? {} : { cname }) },
  };
}

function answerSection(section: RemoteSection, accepted: AcceptedSection | undefined): LocalSection {
  const { media, protocol, mid, formats, reducedSizeRtcp } = section;
  const common = { media, protocol, mid, reducedSizeRtcp };
  if (!accepted) return { ...common, payloadTypes: formats.slice(0, 1), direction: 'rejected', lines: [] };
  const { negotiated, headerExtensions } = accepted;
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
    ],
  };
}
