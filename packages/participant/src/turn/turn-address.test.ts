import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTurnUrl } from './turn-address.ts';

for (const [url, transport, host, port] of [
  ['turn:turn.example.com', 'udp', 'turn.example.com', 3_478],
  ['turn:turn.example.com:80?transport=tcp', 'tcp', 'turn.example.com', 80],
  ['turn:192.0.2.1:3478?transport=udp', 'udp', '192.0.2.1', 3_478],
  ['turns:turn.example.com', 'tls', 'turn.example.com', 5_349],
  ['turns:[2001:db8::1]:443?transport=tcp', 'tls', '2001:db8::1', 443],
] as const) {
  test(`${url} is at ${host} by ${transport}`, () => assert.deepEqual(parseTurnUrl(url), { transport, host, port }));
}

test('what is no TURN address is refused, and so is DTLS', () => {
  for (const url of [
    'stun:a.example',
    'turn:',
    'turn:a.example:port',
    'https://a.example',
    'turns:a.example?transport=udp',
  ]) {
    assert.throws(() => parseTurnUrl(url));
  }
});
