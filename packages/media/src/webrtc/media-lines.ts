import type { types } from 'mediasoup';
import type { RemoteDescription } from './remote-description.ts';

/** Our side of a transport, as it stands in every section of a description that we write. */
export interface LocalTransport {
  readonly iceParameters: types.IceParameters;
  readonly iceCandidates: readonly types.IceCandidate[];
  readonly dtlsParameters: types.DtlsParameters;
}

/** `a=setup` (RFC 8842 §5): what we are towards the client in the DTLS handshake. */
export type Setup = 'actpass' | 'active' | 'passive';

/** One section that we write. `payloadTypes` in order of preference; `lines` are the section's own, without `a=`. */
export interface LocalSection {
  readonly media: string;
  readonly protocol: string;
  readonly mid: string;
  readonly payloadTypes: readonly (number | string)[];
  /** `rejected` writes port 0: the section is closed, and leaves the bundle. */
  readonly direction: 'sendonly' | 'recvonly' | 'inactive' | 'rejected';
  /** An answer may say so where the offer does (RFC 5506 §5). */
  readonly reducedSizeRtcp: boolean;
  readonly lines: readonly string[];
}

/** What is said once for the whole description. */
export interface LocalSession {
  readonly sessionId: string;
  readonly version: number;
  readonly setup: Setup;
  /** `a=ice-options` (RFC 8839 §5.6): `trickle` where candidates are taken later, too. */
  readonly iceOptions?: 'trickle';
  readonly transport: LocalTransport;
  readonly extmapAllowMixed: boolean;
}

/** What an answer says to this offer for the whole description. */
export function answeringSession(
  { dtlsParameters, extmapAllowMixed }: Pick<RemoteDescription, 'dtlsParameters' | 'extmapAllowMixed'>,
  transport: LocalTransport,
  sessionId: string,
): LocalSession {
  const setup = dtlsParameters.role === 'server' ? 'active' : 'passive';
  return { sessionId, version: 1, setup, iceOptions: 'trickle', transport, extmapAllowMixed };
}

/**
 * Writes a session description (RFC 8866, bundled by RFC 8843, ICE-lite by RFC 8445 §2.5). Candidates stand in the first
 * living section only, UDP before TCP: FFmpeg's WHIP client gives up when the first one is TCP.
 */
export function writeDescription(session: LocalSession, sections: readonly LocalSection[]): string {
  const living = sections.filter(({ direction }) => direction !== 'rejected');
  const first = living[0];
  const lines = [
    'v=0',
    `o=- ${session.sessionId} ${session.version} IN IP4 0.0.0.0`,
    's=-',
    't=0 0',
    `a=group:BUNDLE ${living.map(({ mid }) => mid).join(' ')}`.trimEnd(),
    ...(session.extmapAllowMixed ? ['a=extmap-allow-mixed'] : []),
    'a=msid-semantic: WMS *',
    'a=ice-lite',
    ...(session.iceOptions ? [`a=ice-options:${session.iceOptions}`] : []),
    ...sections.flatMap((section) => writeSection(session, section, section === first)),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function writeSection(session: LocalSession, section: LocalSection, first: boolean): string[] {
  const rejected = section.direction === 'rejected';
  const formats = section.payloadTypes.length > 0 ? section.payloadTypes.join(' ') : '0';
  const head = [
    `m=${section.media} ${rejected ? 0 : 9} ${section.protocol} ${formats}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${section.mid}`,
  ];
  if (rejected) return [...head, 'a=inactive'];
  const { iceParameters, dtlsParameters, iceCandidates } = session.transport;
  return [
    ...head,
    `a=${section.direction}`,
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    ...fingerprints(dtlsParameters).map(({ algorithm, value }) => `a=fingerprint:${algorithm} ${value}`),
    `a=setup:${session.setup}`,
    'a=rtcp-mux',
    ...(section.reducedSizeRtcp ? ['a=rtcp-rsize'] : []),
    ...section.lines.map((line) => `a=${line}`),
    ...(first ? [...iceCandidates.map((candidate) => `a=${candidateLine(candidate)}`), 'a=end-of-candidates'] : []),
  ];
}

/** SHA-256 is the one that every client knows; more lines only lengthen the text. */
function fingerprints({ fingerprints: all }: types.DtlsParameters): types.DtlsFingerprint[] {
  return all.filter(({ algorithm }) => algorithm === 'sha-256');
}

/** RFC 8839 §5.1; TCP candidates of an ICE-lite server are passive (RFC 6544 §4.5). */
export function candidateLine({
  foundation,
  priority,
  address,
  protocol,
  port,
  type,
  tcpType,
}: types.IceCandidate): string {
  const tcp = protocol === 'tcp' ? ` tcptype ${tcpType ?? 'passive'}` : '';
  return `candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ ${type}${tcp}`;
}

/** `rtpmap`, `fmtp` and `rtcp-fb` of one codec. `mimeType` is `<kind>/<name>`. */
export function codecLines(codec: {
  readonly payloadType: number;
  readonly mimeType: string;
  readonly clockRate: number;
  readonly channels?: number | undefined;
  readonly parameters?: unknown;
  readonly rtcpFeedback?: readonly types.RtcpFeedback[] | undefined;
}): string[] {
  const { payloadType, mimeType, clockRate, channels, parameters, rtcpFeedback } = codec;
  const name = mimeType.slice(mimeType.indexOf('/') + 1);
  const fmtp = Object.entries((parameters ?? {}) as Record<string, string | number>)
    .map(([key, value]) => (value === '' ? key : `${key}=${value}`))
    .join(';');
  return [
    `rtpmap:${payloadType} ${name}/${clockRate}${channels && channels > 1 ? `/${channels}` : ''}`,
    ...(fmtp ? [`fmtp:${payloadType} ${fmtp}`] : []),
    ...(rtcpFeedback ?? []).map(
      ({ type, parameter }) => `rtcp-fb:${payloadType} ${type}${parameter ? ` ${parameter}` : ''}`,
    ),
  ];
}

/**
 * The lines of a stream that we send: codecs, header extensions, and the SSRCs by which a receiver knows its packets even
 * when it does not read the MID extension.
 *
 * @param streamId becomes the id of the receiver's `MediaStream`: the publisher's participant id
 */
export function senderLines(rtp: types.RtpParameters, streamId: string, trackId: string): string[] {
  const [encoding] = rtp.encodings ?? [];
  const cname = rtp.rtcp?.cname ?? streamId;
  const ssrcs = [encoding?.ssrc, encoding?.rtx?.ssrc].filter((ssrc) => ssrc !== undefined);
  return [
    ...rtp.codecs.flatMap(codecLines),
    ...(rtp.headerExtensions ?? []).map(({ id, uri }) => `extmap:${id} ${uri}`),
    `msid:${streamId} ${trackId}`,
    ...(ssrcs.length > 1 ? [`ssrc-group:FID ${ssrcs.join(' ')}`] : []),
    ...ssrcs.map((ssrc) => `ssrc:${ssrc} cname:${cname}`),
  ];
}
