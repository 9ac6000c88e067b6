import { offer } from '../../../packages/media/src/webrtc/offer.fixture.ts';

const MID = 'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid';
const common = [
  MID,
  'a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  'a=rtcp-rsize',
];
const h264 = ['108 H264/90000 42e01f', '109 rtx/90000 apt=108'];

/** Offers as publishers of several makes write them. */
export const publishOffers: readonly string[] = [
  offer([
    { kind: 'audio', lines: [...common, 'a=msid:camera sound', 'a=ssrc:1001 cname:one'] },
    {
      kind: 'video',
      lines: [
        ...common,
        'a=msid:camera picture',
        'a=ssrc-group:FID 2001 2002',
        'a=ssrc:2001 cname:one',
        'a=ssrc:2002 cname:one',
      ],
    },
  ]),
  offer([
    { kind: 'audio' },
    {
      kind: 'video',
      codecs: h264,
      lines: [
        ...common,
        'a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
        'a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
        'a=rid:low send',
        'a=rid:mid send',
        'a=rid:hi send pt=108',
        'a=simulcast:send low;mid;~hi',
      ],
    },
  ]),
  offer(
    [
      {
        kind: 'video',
        codecs: ['96 VP8/90000'],
        direction: 'sendrecv',
        lines: [
          'a=ssrc-group:SIM 11 12 13',
          'a=ssrc-group:FID 11 21',
          ...['11', '12', '13', '21'].map((ssrc) => `a=ssrc:${ssrc} cname:sim`),
        ],
      },
      { kind: 'audio', direction: 'inactive' },
    ],
    { setup: 'active', session: ['a=extmap-allow-mixed', 'a=ice-options:trickle'] },
  ),
];

/** Offers as subscribers write them. */
export const subscribeOffers: readonly string[] = [
  offer([
    { kind: 'audio', direction: 'recvonly', lines: common },
    { kind: 'video', direction: 'recvonly', codecs: h264, lines: common },
  ]),
  offer([{ kind: 'video', direction: 'recvonly', codecs: ['45 H264/90000 42001f', '46 rtx/90000 apt=45'] }], {
    setup: 'passive',
  }),
  offer([
    { kind: 'audio', direction: 'sendrecv' },
    { kind: 'video', direction: 'sendrecv' },
  ]),
];

/** What clients tell of ICE; the first is of the credentials of all those offers. */
export const fragments: readonly string[] = [
  ['abcd', 'abcdefghijklmnopqrstuvwx'],
  ['efgh', 'yzabcdefghijklmnopqrstuv'],
].map(([usernameFragment, password]) =>
  [
    'a=ice-options:trickle',
    'a=group:BUNDLE 0 1',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=mid:0',
    `a=ice-ufrag:${usernameFragment}`,
    `a=ice-pwd:${password}`,
    'a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0',
    'a=candidate:473322822 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active',
    'a=end-of-candidates',
    '',
  ].join('\r\n'),
);

export function linesOf(texts: readonly string[]): string[] {
  return [...new Set(texts.flatMap((text) => text.split('\r\n')))];
}
