import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { configWith, found, unstopped } from '../found.fixture.ts';
import { type AddressKind, kindOfAddress } from './address-kind.ts';
import { announcedAddressesCheck } from './announced-addresses.ts';

for (const [address, kind] of [
  ['127.0.0.1', 'loopback'],
  ['::1', 'loopback'],
  ['10.1.2.3', 'private'],
  ['172.31.0.1', 'private'],
  ['172.32.0.1', 'public'],
  ['100.64.0.1', 'private'],
  ['fd00::2', 'private'],
  ['203.0.113.9', 'public'],
  ['2001:db8::1', 'public'],
  ['0.0.0.0', 'unusable'],
  ['::', 'unusable'],
  ['169.254.1.1', 'unusable'],
  ['fe80::1', 'unusable'],
  ['224.0.0.1', 'unusable'],
] as const satisfies [string, AddressKind][]) {
  test(`${address} is ${kind}`, () => assert.equal(kindOfAddress(address), kind));
}

describe('announced addresses', () => {
  async function look(announced: string, listen = '0.0.0.0', publicUrl = ''): Promise<string[]> {
    const environment = {
      PROSCENIUM_MEDIA_ANNOUNCED_ADDRESSES: announced,
      PROSCENIUM_MEDIA_LISTEN_ADDRESS: listen,
      PROSCENIUM_PUBLIC_URL: publicUrl,
    };
    return found(
      await announcedAddressesCheck.run({ config: configWith({ listen: '0.0.0.0:0', environment }) }, unstopped),
    );
  }

  test('of another machine are fine, and said to be so', async () => {
    assert.deepEqual(await look('203.0.113.9'), [
      'ok: clients send media to 203.0.113.9; not of this machine, so ports are to be forwarded: 203.0.113.9',
    ]);
  });

  test('of loopback alone fail where others are to come', async () => {
    assert.deepEqual(await look('127.0.0.1'), ['failed: clients are told 127.0.0.1, which no other machine reaches']);
  });

  test('to which nobody can send fail', async () => {
    assert.deepEqual(await look('0.0.0.0,203.0.113.9'), ['failed: no client can send anything to 0.0.0.0']);
  });

  test('that only a network of its own reaches are warned of where everybody comes', async () => {
    const [, ...others] = await look('10.0.0.5', '0.0.0.0', 'https://203.0.113.9');
    assert.match(others.join(), /^warning: clients come from anywhere, and are told 10\.0\.0\.5/);
    assert.equal((await look('10.0.0.5', '0.0.0.0', 'https://10.0.0.1')).length, 1);
  });

  test('must lead to where media listens', async () => {
    assert.deepEqual(await look('203.0.113.9', '127.0.0.1'), [
      'failed: clients are told 203.0.113.9, and media listens on 127.0.0.1 alone',
    ]);
    const [, ...others] = await look('203.0.113.9,2001:db8::1');
    assert.deepEqual(others, ['warning: clients are told 2001:db8::1, and media listens by IPv4 alone']);
    assert.equal((await look('203.0.113.9,2001:db8::1', '::')).length, 1);
  });
});
