import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { describe, it } from 'node:test';
import type { types } from 'mediasoup';
import { announceCandidates, defaultAnnouncedAddresses } from './announced-addresses.ts';

const candidate = (
  protocol: 'udp' | 'tcp',
  priority: number,
  { address = '127.0.0.1', port = 7081 } = {},
): types.IceCandidate => ({ foundation: protocol, priority, ip: address, address, protocol, port, type: 'host' });

function ownAddress(address: string): NetworkInterfaceInfo {
  const common = { netmask: '', mac: '', cidr: null, internal: address === '127.0.0.1' || address === '::1', address };
  return isIPv6(address) ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

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

  it('stand beside the port of their family, and of the other one where theirs is not listened on', () => {
    const candidates = [
      candidate('udp', 2_000_000, { address: '::1', port: 6 }),
      candidate('udp', 1_999_000, { port: 4 }),
      candidate('tcp', 1_000_000, { address: '::1', port: 66 }),
      candidate('tcp', 999_000, { port: 44 }),
    ];
    const tell = (all: types.IceCandidate[]) =>
      announceCandidates(all, ['192.0.2.1', '2001:db8::1']).map(
        ({ protocol, address, port, priority }) => `${protocol} ${address} ${port} ${priority}`,
      );
    assert.deepEqual(tell(candidates), [
      'udp 192.0.2.1 4 2000000',
      'udp 2001:db8::1 6 1999744',
      'tcp 192.0.2.1 44 1000000',
      'tcp 2001:db8::1 66 999744',
    ]);
    assert.deepEqual(tell(candidates.slice(1, 2)), ['udp 192.0.2.1 4 1999000', 'udp 2001:db8::1 4 1998744']);
  });

  it('are those of both families in turns where both are listened on, without link-local ones, the far-reaching first', () => {
    const interfaces = {
      lo: ['127.0.0.1', '::1'].map(ownAddress),
      eth0: ['192.0.2.1', 'fd00::1', '2001:db8::1', 'fe80::1', 'febf::1'].map(ownAddress),
      eth1: ['198.51.100.1', '203.0.113.1'].map(ownAddress),
    };
    const both = ['2001:db8::1', '192.0.2.1', '198.51.100.1', '203.0.113.1', 'fd00::1', '::1', '127.0.0.1'];
    assert.deepEqual(defaultAnnouncedAddresses('::', interfaces), both);
    const ipv4 = ['192.0.2.1', '198.51.100.1', '203.0.113.1', '127.0.0.1'];
    assert.deepEqual(defaultAnnouncedAddresses('0.0.0.0', interfaces), ipv4);
    assert.deepEqual(defaultAnnouncedAddresses('2001:db8::1', interfaces), ['2001:db8::1']);
  });

  it('are the one that is listened on, or all of the machine for a wildcard', () => {
    assert.deepEqual(defaultAnnouncedAddresses('192.0.2.1'), ['192.0.2.1']);
    const all = defaultAnnouncedAddresses('0.0.0.0');
    assert.equal(all.at(-1), '127.0.0.1');
  });
});
