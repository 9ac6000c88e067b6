import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { createNamespace, type NetworkNamespace, netnsMissing } from '../support/netns.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { startTurnServer, type TurnServer, turnServerMissing } from '../support/turn-server.ts';

function post(url: string, token: string, body: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' };
  return fetch(url, { method: 'POST', headers, body });
}

describe('A client that reaches nothing but a relay', {
  skip: netnsMissing() || chromiumMissing() || turnServerMissing(),
}, () => {
  let network: NetworkNamespace;
  let turn: TurnServer;
  let server: ServerProcess;
  let chromium: Chromium;
  let mediaPorts: number[];
  let urls: string[];

  before(async () => {
    network = createNamespace();
    turn = await startTurnServer(network.hostAddress);
    urls = [turn.url, `${turn.url}?transport=tcp`];
    const env = { PROSCENIUM_TURN_URLS: urls.join(), PROSCENIUM_TURN_SECRET: turn.secret };
    server = await startServer({ host: network.hostAddress, env });
    chromium = await launchChromium({ network });
    mediaPorts = server.announcement.media.ports.map(({ port }) => port);
    network.drop({ protocols: ['udp', 'tcp'], ports: mediaPorts });
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    await turn?.close();
    network?.remove();
  });

  test('publishes and subscribes by it with the web client', async (t) => {
    const stage = await TestStage.create(server, ['alice', 'bob']);
    const [alice, bob] = [stage.invited('alice'), stage.invited('bob')];
    const [alicePage, bobPage] = [await chromium.openPage(), await chromium.openPage({ iceTransportPolicy: 'relay' })];
    t.after(() => Promise.all([alicePage.close(), bobPage.close()]));
    await Promise.all([alicePage.stage.joinStage(alice.token), bobPage.stage.joinStage(bob.token)]);
    await Promise.all([
      alicePage.stage.waitForFrames(bob.participantId, 30),
      bobPage.stage.waitForFrames(alice.participantId, 30),
    ]);
    for (const page of [alicePage, bobPage]) {
      // The relay is offered by UDP and by TCP; on a slow machine the second may be there first.
      assert.match((await page.stage.connectionPaths()).join(), /^relay (udp|tcp),relay (udp|tcp)$/);
    }
  });

  test('reaches it by TCP when UDP gets through no more', async (t) => {
    network.drop({ protocols: ['udp'] }, { protocols: ['tcp'], ports: mediaPorts });
    t.after(() => network.drop({ protocols: ['udp', 'tcp'], ports: mediaPorts }));
    const stage = await TestStage.create(server, ['alice', 'bob']);
    const [alice, bob] = [stage.invited('alice'), stage.invited('bob')];
    const [alicePage, bobPage] = [await chromium.openPage(), await chromium.openPage()];
    t.after(() => Promise.all([alicePage.close(), bobPage.close()]));
    await Promise.all([alicePage.stage.joinStage(alice.token), bobPage.stage.joinStage(bob.token)]);
    await Promise.all([
      alicePage.stage.waitForFrames(bob.participantId, 30),
      bobPage.stage.waitForFrames(alice.participantId, 30),
    ]);
    for (const page of [alicePage, bobPage]) {
      assert.deepEqual(await page.stage.connectionPaths(), ['relay tcp', 'relay tcp']);
    }
  });

  test('is told of it by the answers to WHIP and to subscribing by POST', async (t) => {
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
    const page = await chromium.openPage();
    t.after(() => page.close());
    await page.stage.joinStage(host.token);
    const { offer } = await page.stage.postSilence(stage.whipUrl, viewer.token);
    const answer = await post(stage.whipUrl, viewer.token, offer);
    const links = (answer.headers.get('link') ?? '').split(', ');
    assert.deepEqual(
      links.map((link) => link.split('; ')[0]),
      urls.map((url) => `<${url}>`),
    );
    const credentials = new RegExp(
      `; rel="ice-server"; username="\\d+:${viewer.participantId}"; credential="[\\w+/=]{28}"; credential-type="password"$`,
    );
    for (const link of links) assert.match(link, credentials);
    assert.match(answer.headers.get('access-control-expose-headers') ?? '', /\blink\b/);
    const refused = await post(stage.whipUrl, viewer.token, 'v=0');
    assert.deepEqual([refused.status, refused.headers.get('link')], [400, null]);
    assert.ok(!server.log().includes(turn.secret));
  });
});
