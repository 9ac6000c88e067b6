import type { types } from 'mediasoup';
import { MediaRefusal } from '../refusal.ts';
import { type CodecName, commonFeedback, type NegotiatedCodec, routerCodec, usableCodecs } from './codecs.ts';
import { type DeliverySignature, deliverySignature, reachesRtx } from './delivery-signature.ts';
import {
  answeringSession,
  type LocalSection,
  type LocalTransport,
  senderLines,
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

/** A stream that a subscriber's offer has room for. */
export interface WantedStream {
  readonly kind: MediaKind;
  readonly mid: string;
  /** What the subscriber can take, as a router wants to hear it. */
  readonly capabilities: types.RtpCapabilities;
  readonly repairs: boolean;
}

/** A subscriber's offer that can be served. */
export interface SubscribeOffer {
  readonly ice: OfferedIce;
  readonly dtlsParameters: types.DtlsParameters;
  readonly signature: DeliverySignature;
  readonly streams: readonly WantedStream[];
  /**
   * Writes the answer.
   *
   * @param streams the parameters of what is sent, by the section's mid; sections without are answered `inactive`
   */
  answer(
    transport: LocalTransport,
    sessionId: string,
    streamId: string,
    streams: ReadonlyMap<string, types.RtpParameters>,
  ): string;
}

interface WantedSection {
  readonly section: RemoteSection;
  readonly negotiated: NegotiatedCodec;
}

/**
 * Reads what a client offers to receive: at most one audio and one video section.
 *
 * @param published the codecs of the publisher, by kind
 * @throws {MediaRefusal} `BROKEN_OFFER`, `UNSUPPORTED_OFFER` or, when none of the publisher's codecs is offered, `CODEC_MISMATCH`
 */
export function readSubscribeOffer(text: string, published: ReadonlyMap<MediaKind, CodecName>): SubscribeOffer {
  const description = readRemoteDescription(text);
  requireMediaOnly(description);
  if (description.sections.some(({ offered, direction }) => offered && direction === 'sendonly')) {
    throw unsupported('it has a section that only sends');
  }
  const sections = (['audio', 'video'] as const).flatMap((kind) => {
    const section = receivingSection(description, kind);
    return section ? [section] : [];
  });
  if (sections.length === 0) throw unsupported('it has no section that receives');

  const wanted = sections.flatMap((section): WantedSection[] => {
    const name = published.get(section.kind as MediaKind);
    const negotiated = usableCodecs(section).find((codec) => codec.name === name);
    return negotiated ? [{ section, negotiated: withReachableRtx(negotiated) }] : [];
  });
  if (wanted.length === 0) {
    throw new MediaRefusal(
      'CODEC_MISMATCH',
      `The offer has none of the publisher's codecs (${[...published.values()].join(', ')})`,
    );
  }
  return {
    ice: offeredIce(description),
    dtlsParameters: description.dtlsParameters,
    signature: deliverySignature(wanted.map(({ negotiated }) => negotiated)),
    streams: wanted.map(({ section, negotiated }) => ({
      kind: section.kind as MediaKind,
      mid: section.mid,
      capabilities: capabilitiesOf(section, negotiated),
      repairs: negotiated.rtxPayloadType !== undefined,
    })),
    answer: (transport, sessionId, streamId, streams) =>
      writeDescription(
        answeringSession(description, transport, sessionId),
        description.sections.map((section) =>
          answerSection(
            section,
            wanted.find((one) => one.section === section),
            streams.get(section.mid),
            streamId,
          ),
        ),
      ),
  };
}

function receivingSection(description: RemoteDescription, kind: MediaKind): RemoteSection | undefined {
  const sections = description.sections.filter(
    (section) =>
      section.kind === kind &&
      section.offered &&
      (section.direction === 'recvonly' || section.direction === 'sendrecv'),
  );
  if (sections.length > 1) throw unsupported(`it has more than one ${kind} section that receives`);
  return sections[0];
}

/** Without a reachable number there is no repair by retransmission: lost pictures are healed by key frames alone. */
function withReachableRtx(negotiated: NegotiatedCodec): NegotiatedCodec {
  const { rtxPayloadType } = negotiated;
  return rtxPayloadType === undefined || reachesRtx(rtxPayloadType)
    ? negotiated
    : { ...negotiated, rtxPayloadType: undefined };
}

function capabilitiesOf(section: RemoteSection, negotiated: NegotiatedCodec): types.RtpCapabilities {
  const { codec, name, rtxPayloadType } = negotiated;
  const { kind, mimeType, clockRate, channels, parameters } = routerCodec(name);
  const main = {
    kind,
    mimeType,
    clockRate,
    preferredPayloadType: codec.payloadType,
    rtcpFeedback: commonFeedback(negotiated),
    ...(parameters ? { parameters } : {}),
    ...(channels ? { channels } : {}),
  };
  const rtx = {
    kind,
    mimeType: 'video/rtx' as const,
    clockRate,
    preferredPayloadType: rtxPayloadType,
    parameters: { apt: codec.payloadType },
    rtcpFeedback: [],
  };
  return {
    codecs: (rtxPayloadType === undefined ? [main] : [main, rtx]) as types.RtpCodecCapability[],
    // A router writes its extensions under fixed ids; of the offer's, only those of the same id can be answered. It keeps
    // what it knows under that id and drops the rest.
    headerExtensions: section.headerExtensions.map(({ id, uri }) => ({
      kind: section.kind as MediaKind,
      uri: uri as types.RtpHeaderExtensionUri,
      preferredId: id,
    })),
  };
}

function answerSection(
  section: RemoteSection,
  wanted: WantedSection | undefined,
  rtp: types.RtpParameters | undefined,
  streamId: string,
): LocalSection {
  const { media, protocol, mid, formats, reducedSizeRtcp } = section;
  const common = { media, protocol, mid, reducedSizeRtcp };
  if (wanted && rtp) {
    return {
      ...common,
      payloadTypes: rtp.codecs.map(({ payloadType }) => payloadType),
      direction: 'sendonly',
      lines: senderLines(underOfferedProfile(rtp, wanted), streamId, `${streamId}-${section.kind}`),
    };
  }
  const [first] = section.codecs;
  if (section.kind === 'other' || !section.offered || !first) {
    return { ...common, payloadTypes: formats.slice(0, 1), direction: 'rejected', lines: [] };
  }
  const mimeType = `${section.kind}/${first.name}`;
  return {
    ...common,
    payloadTypes: [first.payloadType],
    direction: 'inactive',
    lines: [
      `rtpmap:${first.payloadType} ${mimeType.split('/')[1]}/${first.clockRate}${first.channels > 1 ? `/${first.channels}` : ''}`,
    ],
  };
}

/** The answer repeats the profile of the offer's codec (RFC 6184 §8.2.2). */
function underOfferedProfile(rtp: types.RtpParameters, { negotiated }: WantedSection): types.RtpParameters {
  return {
    ...rtp,
    codecs: rtp.codecs.map((codec) =>
      codec.payloadType === negotiated.codec.payloadType
        ? { ...codec, parameters: { ...negotiated.codec.parameters } }
        : codec,
    ),
  };
}
