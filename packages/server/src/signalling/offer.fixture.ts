/** A publisher's offer as a browser writes it; nobody stands behind it, so that no media ever flows. */
export const publishOffer = [
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1',
  ...section('audio', 0, ['111 opus/48000/2']),
  ...section('video', 1, ['108 H264/90000']),
  '',
].join('\r\n');

function section(kind: string, mid: number, codecs: readonly string[]): string[] {
  return [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${codecs.map((codec) => codec.split(' ')[0]).join(' ')}`,
    'c=IN IP4 0.0.0.0',
    'a=ice-ufrag:abcd',
    'a=ice-pwd:abcdefghijklmnopqrstuvwx',
    `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`,
    'a=setup:actpass',
    `a=mid:${mid}`,
    'a=sendonly',
    'a=rtcp-mux',
    'a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid',
    ...codecs.map((codec) => `a=rtpmap:${codec}`),
    ...codecs.filter((codec) => codec.includes('H264')).map(h264Format),
  ];
}

function h264Format(codec: string): string {
  return `a=fmtp:${codec.split(' ')[0]} packetization-mode=1;profile-level-id=42e01f`;
}
