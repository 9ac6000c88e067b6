import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { types } from 'mediasoup';
import { announceCandidates, defaultAnnouncedAddresses } from './announced-addresses.ts';

const candidate = (protocol: 'udp' | 'tcp', priority: number): types.IceCandidate => ({
  foundation: protocol,
  priority,
  ip: '127.0.0.1',
  address: '127.0.0.1',
  protocol,
  port: 7081,
  type: 'host',
});

describe('announced addresses', () => {
  it('are told each, UDP before TCP, the first ones preferred', () => {
    const candidates = [candidate('tcp', 1_000_000), candidate('udp', 2_000_000)];
    const announced = announceCandidates(candidates, ['192.0.2.1', '203.0.113.9']);
    assert.deepEqual(
      announced.map(({ protocol, address }) => `${protocol} ${address}`),
      ['udp 192.0.2.1', 'udp 203.0.113.9', 'tcp 192.0.2.1', 'tcp 203.0.113.9'],
    );
    const priorities = announced.map(({ priority }) => priority);
    assert.deepEqual(
      [...priorities].sort((a, b) => b - a),
      priorities,
    );
    assert.equal(new Set(announced.map(({ foundation }) => foundation)).size, 4);
  });

  it('are the one that is listened on, or all of the machine for a wildcard', () => {
    assert.deepEqual(defaultAnnouncedAddresses('192.0.2.1'), ['192.0.2.1']);
    const all = defaultAnnouncedAddresses('0.0.0.0');
    assert.equal(all.at(-1), '127.0.0.1');
  });
});
