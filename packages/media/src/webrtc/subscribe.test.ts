import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { types } from 'mediasoup';
import { MediaRefusal, type RefusalReason } from '../refusal.ts';
import type { CodecName } from './codecs.ts';
import type { LocalTransport } from './media-lines.ts';
import { type FixtureSection, offer } from './offer.fixture.ts';
import type { MediaKind } from './remote-description.ts';
import { readSubscribeOffer } from './subscribe.ts';

const published = new Map<MediaKind, CodecName>([
  ['audio', 'opus'],
  ['video', 'h264'],
]);
const transport: LocalTransport = {
  iceParameters: { usernameFragment: 'ufrag', password: 'password', iceLite: true },
  iceCandidates: [],
  dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value: 'AA:BB' }] },
};
const both: FixtureSection[] = [
  { kind: 'audio', direction: 'recvonly' },
  { kind: 'video', direction: 'recvonly' },
];
const h264: types.RtpParameters = {
  mid: '1',
  codecs: [
    {
      mimeType: 'video/H264',
      payloadType: 108,
      clockRate: 90_000,
      parameters: { 'profile-level-id': '42e01f' },
      rtcpFeedback: [{ type: 'nack' }],
    },
  ],
  headerExtensions: [],
  encodings: [{ ssrc: 1001, rtx: { ssrc: 1002 } }],
  rtcp: { cname: 'name' },
};

function refuses(sections: FixtureSection[], reason: RefusalReason): void {
  assert.throws(
    () => readSubscribeOffer(offer(sections), published),
    (error) => error instanceof MediaRefusal && error.reason === reason,
  );
}

describe('a subscribe offer', () => {
  it('asks for the streams that the publisher has, under its own payload types', () => {
    const { streams, signature } = readSubscribeOffer(offer(both), published);
    assert.deepEqual(
      streams.map(({ kind, mid }) => [kind, mid]),
      [
        ['audio', '0'],
        ['video', '1'],
      ],
    );
    assert.equal(signature.key, 'opus:111:|h264:108:109');
  });

  it('does without repairs where their payload type cannot be had', () => {
    const sections: FixtureSection[] = [
      { kind: 'video', direction: 'recvonly', codecs: ['45 H264/90000 42e01f', '46 rtx/90000 apt=45'] },
    ];
    const { streams, signature } = readSubscribeOffer(offer(sections), published);
    assert.equal(streams[0]?.repairs, false);
    assert.equal(signature.key, 'h264:45:');
  });

  it("is refused when it has none of the publisher's codecs", () => {
    refuses([{ kind: 'video', direction: 'recvonly', codecs: ['96 VP8/90000'] }], 'CODEC_MISMATCH');
  });

  it('is refused when it receives nothing', () => {
    refuses([{ kind: 'video', direction: 'inactive' }], 'UNSUPPORTED_OFFER');
  });

  it('is refused when it sends', () => {
    refuses([{ kind: 'video', direction: 'sendonly' }], 'UNSUPPORTED_OFFER');
    refuses(
      [
        { kind: 'audio', direction: 'sendonly' },
        { kind: 'video', direction: 'recvonly' },
      ],
      'UNSUPPORTED_OFFER',
    );
  });
});

describe('the answer to a subscribe offer', () => {
  it('sends what there is and leaves the other section inactive', () => {
    const { answer } = readSubscribeOffer(offer(both), published);
    const lines = answer(transport, '1', 'alice', new Map([['1', h264]])).split('\r\n');
    assert.deepEqual(
      lines.filter((line) => /^a=(sendonly|inactive)$/.test(line)),
      ['a=inactive', 'a=sendonly'],
    );
    assert.ok(lines.includes('a=msid:alice alice-video'));
    assert.ok(lines.includes('a=ssrc-group:FID 1001 1002'));
    assert.ok(lines.includes('a=ssrc:1001 cname:name'));
  });

  it('has reduced-size RTCP in the sections that offer it, and in no other', () => {
    const [audio, video] = both as [FixtureSection, FixtureSection];
    const text = offer([{ ...audio, lines: ['a=rtcp-rsize'] }, video]);
    const answered = readSubscribeOffer(text, published).answer(transport, '1', 'alice', new Map([['1', h264]]));
    assert.deepEqual(
      answered.split('\r\nm=').map((section) => section.includes('a=rtcp-rsize')),
      [false, true, false],
    );
  });

  it('repeats the profile of the offer', () => {
    const sections: FixtureSection[] = [{ kind: 'video', direction: 'recvonly', codecs: ['108 H264/90000 42001f'] }];
    const { answer } = readSubscribeOffer(offer(sections), published);
    assert.match(answer(transport, '1', 'alice', new Map([['0', h264]])), /a=fmtp:108 .*profile-level-id=42001f/);
  });
});
