import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { ListStagesCommand } from '@aws-sdk/client-ivs-realtime';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { connectEvents } from '../support/events-socket.ts';
import { createNamespace, ipv6Missing, type NetworkNamespace, netnsMissing } from '../support/netns.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

test('A server on IPv6 writes its address as URLs have it, wherever it tells it', {
  skip: ipv6Missing(),
}, async (t) => {
  const server = await startServer({ host: '[::1]' });
  t.after(() => server.stop());
  assert.match(server.endpoint, /^http:\/\/\[::1\]:\d+$/);
  assert.equal(server.announcement.console, `${server.endpoint}/console`);
  assert.deepEqual(server.announcement.media.announcedAddresses, ['::1']);
  assert.deepEqual((await server.client.send(new ListStagesCommand())).stages, []);
  assert.equal((await fetch(server.announcement.console)).status, 200);

  const stage = await TestStage.create(server, ['alice']);
  assert.ok(stage.whipUrl.startsWith(`${server.endpoint}/whip/`));
  const { token } = stage.invited('alice');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' };
  const whip = await fetch(`${server.endpoint}/whip`, { method: 'POST', headers, body: 'v=0', redirect: 'manual' });
  assert.deepEqual([whip.status, whip.headers.get('location')], [307, stage.whipUrl]);
  const socket = await connectEvents(token);
  socket.close();
});

describe('Media goes', { skip: netnsMissing() || ipv6Missing() || chromiumMissing() }, () => {
  let network: NetworkNamespace;
  let chromium: Chromium;
  let address: string;

  before(async () => {
    network = createNamespace();
    ({ address } = network.addIpv6());
    chromium = await launchChromium({ network });
  });
  after(async () => {
    await chromium?.close();
    network?.remove();
  });

  async function start(t: TestContext, host: string): Promise<ServerProcess> {
    const server = await startServer({ network, host });
    t.after(() => server.stop());
    t.after(() => network.drop());
    return server;
  }

  /** The web client publishes and receives, then plain POST does. Gives the addresses to which the media went. */
  async function addressesOfMedia(t: TestContext, server: ServerProcess): Promise<string[]> {
    const stage = await TestStage.create(server, ['alice', 'bob', 'carol']);
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => stage.invited(name));
    assert.ok(alice && bob && carol);
    const [alicePage, bobPage] = [await chromium.openPage(), await chromium.openPage()];
    t.after(() => Promise.all([alicePage.close(), bobPage.close()]));
    await alicePage.stage.joinStage(alice.token);
    await bobPage.stage.joinStage(bob.token, { publish: false });
    await bobPage.stage.waitForFrames(alice.participantId, 10);
    const { location } = await bobPage.stage.postSubscribe(stage.subscribeUrl(alice.participantId), carol.token);
    await bobPage.stage.waitForFrames(location, 10);
    const seen = await Promise.all([alicePage.stage.remoteAddresses(), bobPage.stage.remoteAddresses()]);
    return seen.flat();
  }

  test('over IPv6 where there is nothing else', async (t) => {
    const server = await start(t, `[${address}]`);
    assert.deepEqual(server.announcement.media.announcedAddresses, [address]);
    assert.deepEqual(await addressesOfMedia(t, server), [address, address, address]);
  });

  test('over either to a server that listens to both, and over IPv4 where IPv6 is broken', async (t) => {
    const server = await start(t, '[::]');
    const { announcedAddresses, ports } = server.announcement.media;
    assert.deepEqual(announcedAddresses, [address, network.address, '::1', '127.0.0.1']);
    assert.ok(server.endpoint.startsWith(`http://${network.address}:`), server.endpoint);
    const overBoth = await addressesOfMedia(t, server);
    // A browser stays on whichever answers first.
    assert.equal(overBoth.length, 3);
    for (const overEither of overBoth) assert.ok([address, network.address].includes(overEither), overEither);

    network.drop({ family: 'ipv6', protocols: ['udp', 'tcp'], ports: ports.map(({ port }) => port) });
    const { address: overIPv4 } = network;
    assert.deepEqual(await addressesOfMedia(t, server), [overIPv4, overIPv4, overIPv4]);
  });
});
