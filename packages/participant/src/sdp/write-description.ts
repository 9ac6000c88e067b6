import type { IceCredentials } from '../connection/identity.ts';
import type { RemoteDescription, RemoteSection } from './read-description.ts';

/** The client's side of a connection. */
export interface LocalTransport {
  readonly credentials: IceCredentials;
  /** SHA-256 of its certificate. */
  readonly fingerprint: string;
}

/** The numbers under which a publisher sends; subscribers by POST ask for the same. */
export const PAYLOAD_TYPE = { opus: 111, h264: 108, rtx: 109 } as const;

/** The SSRCs of a publisher's streams. */
export interface PublishedSources {
  /** One for each layer, the lowest first. */
  readonly layers: readonly { readonly video: number; readonly rtx: number }[];
  readonly audio: number | undefined;
}

/** Under which number the loudness of each packet of sound stands in its header (RFC 6464). */
export const AUDIO_LEVEL_ID = 1;

/** What publishers call themselves and their stream: there is one of each in a connection. */
const NAME = 'proscenium';
const OPUS = [`rtpmap:${PAYLOAD_TYPE.opus} opus/48000/2`, `fmtp:${PAYLOAD_TYPE.opus} minptime=10;useinbandfec=1`];
const H264 = [
  `rtpmap:${PAYLOAD_TYPE.h264} H264/90000`,
  `fmtp:${PAYLOAD_TYPE.h264} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f`,
  ...['nack', 'nack pli', 'ccm fir'].map((kind) => `rtcp-fb:${PAYLOAD_TYPE.h264} ${kind}`),
  `rtpmap:${PAYLOAD_TYPE.rtx} rtx/90000`,
  `fmtp:${PAYLOAD_TYPE.rtx} apt=${PAYLOAD_TYPE.h264}`,
];
const VIDEO_FORMATS = [PAYLOAD_TYPE.h264, PAYLOAD_TYPE.rtx];

/** What a publisher offers: H.264, its layers as a group of SSRCs, and Opus when it has a source for it. */
export function writePublishOffer(local: LocalTransport, { layers, audio }: PublishedSources): string {
  const videoLines = [
    ...H264,
    `msid:${NAME} video`,
    ...(layers.length > 1 ? [`ssrc-group:SIM ${layers.map(({ video }) => video).join(' ')}`] : []),
    ...layers.map(({ video, rtx }) => `ssrc-group:FID ${video} ${rtx}`),
    ...layers.flatMap(({ video, rtx }) => [video, rtx]).map((ssrc) => `ssrc:${ssrc} cname:${NAME}`),
  ];
  const audioLines = [
    ...OPUS,
    `extmap:${AUDIO_LEVEL_ID} urn:ietf:params:rtp-hdrext:ssrc-audio-level`,
    `msid:${NAME} audio`,
    `ssrc:${audio} cname:${NAME}`,
  ];
  return writeOffer(local, 'sendonly', [
    ...(audio === undefined ? [] : [{ media: 'audio', formats: [PAYLOAD_TYPE.opus], lines: audioLines }]),
    { media: 'video', formats: VIDEO_FORMATS, lines: videoLines },
  ]);
}

/** What a subscriber by POST offers to receive. */
export function writeSubscribeOffer(local: LocalTransport, kinds: readonly ('audio' | 'video')[]): string {
  const sections = kinds.map((kind) =>
    kind === 'audio'
      ? { media: kind, formats: [PAYLOAD_TYPE.opus], lines: OPUS }
      : { media: kind, formats: VIDEO_FORMATS, lines: H264 },
  );
  return writeOffer(local, 'recvonly', sections);
}

/** Takes everything that a server offers, as the active side of the DTLS handshake. */
export function writeAnswer(local: LocalTransport, { sections }: RemoteDescription): string {
  const live = sections.filter((section) => section.live);
  return write([
    ...head(live.map(({ mid }) => mid)),
    ...sections.flatMap((section) =>
      section.live
        ? [...sectionHead(section), ...transportLines(local, 'active'), ...sharedLines(section)]
        : [
            `m=${section.kind} 0 UDP/TLS/RTP/SAVPF ${section.payloadTypes.join(' ')}`,
            `a=mid:${section.mid}`,
            'a=inactive',
          ],
    ),
  ]);
}

function sectionHead({ kind, mid, payloadTypes }: RemoteSection): string[] {
  return [`m=${kind} 9 UDP/TLS/RTP/SAVPF ${payloadTypes.join(' ')}`, 'c=IN IP4 0.0.0.0', `a=mid:${mid}`, 'a=recvonly'];
}

/** The codecs and extensions of an offer, which stand in the answer too. */
function sharedLines({ lines }: RemoteSection): string[] {
  return lines.filter((line) => /^a=(rtpmap|fmtp|rtcp-fb|extmap):/.test(line));
}

function writeOffer(
  local: LocalTransport,
  direction: 'sendonly' | 'recvonly',
  sections: readonly { media: string; formats: readonly number[]; lines: readonly string[] }[],
): string {
  return write([
    ...head(sections.map((_, index) => String(index))),
    ...sections.flatMap(({ media, formats, lines }, index) => [
      `m=${media} 9 UDP/TLS/RTP/SAVPF ${formats.join(' ')}`,
      'c=IN IP4 0.0.0.0',
      `a=mid:${index}`,
      `a=${direction}`,
      ...transportLines(local, 'actpass'),
      ...lines.map((line) => `a=${line}`),
    ]),
  ]);
}

function head(mids: readonly string[]): string[] {
  return ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', `a=group:BUNDLE ${mids.join(' ')}`];
}

function transportLines({ credentials, fingerprint }: LocalTransport, setup: 'actpass' | 'active'): string[] {
  return [
    `a=ice-ufrag:${credentials.usernameFragment}`,
    `a=ice-pwd:${credentials.password}`,
    `a=fingerprint:sha-256 ${fingerprint}`,
    `a=setup:${setup}`,
    'a=rtcp-mux',
    'a=rtcp-rsize',
  ];
}

function write(lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n`;
}
