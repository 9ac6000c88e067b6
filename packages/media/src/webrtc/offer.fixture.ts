const FINGERPRINT = Array.from({ length: 32 }, () => 'AB').join(':');

export interface FixtureSection {
  readonly kind: 'audio' | 'video' | 'application';
  readonly direction?: string;
  readonly port?: number;
  readonly lines?: readonly string[];
  /** Codec lines as `111 opus/48000/2`, in order of preference. */
  readonly codecs?: readonly string[];
}

/** Writes an offer as browsers do: bundled, with ICE, DTLS and rtcp-mux in each section. */
export function offer(
  sections: readonly FixtureSection[],
  options: { setup?: string; session?: string[] } = {},
): string {
  const { setup = 'actpass', session = [] } = options;
  const lines = [
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${sections.map((_, index) => index).join(' ')}`,
    ...session,
    ...sections.flatMap(
      ({ kind, direction = 'sendonly', port = 9, lines = [], codecs = defaultCodecs[kind] }, index) => [
        kind === 'application'
          ? `m=application ${port} UDP/DTLS/SCTP webrtc-datachannel`
          : `m=${kind} ${port} UDP/TLS/RTP/SAVPF ${codecs.map((codec) => codec.split(' ')[0]).join(' ')}`,
        'c=IN IP4 0.0.0.0',
        'a=ice-ufrag:abcd',
        'a=ice-pwd:abcdefghijklmnopqrstuvwx',
        `a=fingerprint:sha-256 ${FINGERPRINT}`,
        `a=setup:${setup}`,
        `a=mid:${index}`,
        'a=rtcp-mux',
        `a=${direction}`,
        ...codecs.flatMap(codecLines),
        ...lines,
      ],
    ),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

const defaultCodecs = {
  audio: ['111 opus/48000/2'],
  video: ['96 VP8/90000', '97 rtx/90000 apt=96', '108 H264/90000 42e01f', '109 rtx/90000 apt=108'],
  application: [] as string[],
};

function codecLines(codec: string): string[] {
  const [payloadType = '', map = '', detail = ''] = codec.split(' ');
  const feedback = map.startsWith('rtx') ? [] : ['nack', 'nack pli', 'ccm fir', 'transport-cc'];
  const fmtp = map.startsWith('H264')
    ? [`a=fmtp:${payloadType} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=${detail}`]
    : detail
      ? [`a=fmtp:${payloadType} ${detail}`]
      : [];
  return [
    `a=rtpmap:${payloadType} ${map}`,
    ...fmtp,
    ...(map.startsWith('opus') ? ['transport-cc'] : feedback).map((value) => `a=rtcp-fb:${payloadType} ${value}`),
  ];
}
