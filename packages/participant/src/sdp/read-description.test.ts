import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDescription } from './read-description.ts';

const FINGERPRINT = Array(32).fill('0A').join(':');
const DESCRIPTION = [
  'v=0',
  'a=ice-lite',
  `a=fingerprint:sha-256 ${FINGERPRINT}`,
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
  'a=ice-ufrag:user',
  'a=ice-pwd:password',
  'a=mid:v',
  'a=fmtp:97 apt=96',
  'a=ssrc-group:FID 1 2',
  'a=candidate:1 1 udp 100 192.0.2.1 1000 typ host',
  'a=candidate:2 1 udp 200 192.0.2.2 2000 typ host',
  'a=candidate:3 1 tcp 300 192.0.2.3 3000 typ host tcptype passive',
  'm=audio 0 UDP/TLS/RTP/SAVPF 111',
];

test('of an ICE-lite server: how to reach it, and what it sends', () => {
  const { transport, sections } = readDescription(DESCRIPTION.join('\r\n'));
  assert.deepEqual(transport, {
    credentials: { usernameFragment: 'user', password: 'password' },
    fingerprint: FINGERPRINT,
    lite: true,
    address: '192.0.2.2',
    port: 2_000,
  });
  const [video, audio] = sections;
  assert.equal(video?.mid, 'v');
  assert.deepEqual([video?.ssrc, video?.rtxSsrc, video?.rtxPayloadType], [1, 2, 97]);
  assert.deepEqual([video?.live, audio?.live], [true, false]);
});

test('a stream that is named by no number of 32 bits is not known', () => {
  for (const [first, second] of [
    ['4294967295', '4294967296'],
    ['99999999999', '-1'],
    ['1.5', '0x10'],
    ['', 'NaN'],
  ]) {
    const { sections } = readDescription(DESCRIPTION.join('\r\n').replace('FID 1 2', `FID ${first} ${second}`));
    const expected = first === '4294967295' ? 2 ** 32 - 1 : undefined;
    assert.deepEqual([sections[0]?.ssrc, sections[0]?.rtxSsrc], [expected, undefined]);
  }
});

test('a server that does not say that it is ICE-lite is a full agent', () => {
  assert.equal(readDescription(without('a=ice-lite')).transport.lite, false);
});

test('a description that lacks what is needed to connect is refused', () => {
  assert.throws(() => readDescription(without('a=ice-ufrag')), /ice-ufrag/);
  assert.throws(() => readDescription(without('a=fingerprint')), /fingerprint/);
  assert.throws(() => readDescription(without('a=candidate')), /candidate/);
});

function without(start: string): string {
  return DESCRIPTION.filter((line) => !line.startsWith(start)).join('\r\n');
}
