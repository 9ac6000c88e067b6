import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { createTranslatedNetwork, type TranslatedNetwork } from '../support/nat.ts';
import { netnsMissing } from '../support/netns.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

const [port, mediaPort] = [7080, 7081];

describe('A server behind address translation that announces its address from outside', {
  skip: netnsMissing() || chromiumMissing(),
}, () => {
  let site: TranslatedNetwork;
  let server: ServerProcess;
  let chromium: Chromium;

  before(async () => {
    site = createTranslatedNetwork([port, mediaPort]);
    server = await startServer({
      network: site.server,
      args: ['--listen', `${site.privateAddress}:${port}`],
      env: {
        PROSCENIUM_PUBLIC_URL: `http://${site.publicAddress}:${port}`,
        PROSCENIUM_MEDIA_PORT: String(mediaPort),
        PROSCENIUM_MEDIA_ANNOUNCED_ADDRESSES: site.publicAddress,
      },
    });
    chromium = await launchChromium({ network: site.clients });
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    site?.remove();
  });

  test('serves participants who know nothing else', async (t) => {
    const stage = await TestStage.create(server, ['alice', 'bob', 'carol']);
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => stage.invited(name));
    assert.ok(alice && bob && carol);
    const [alicePage, bobPage] = [await chromium.openPage(), await chromium.openPage()];
    t.after(() => Promise.all([alicePage.close(), bobPage.close()]));
    await Promise.all([alicePage.stage.joinStage(alice.token), bobPage.stage.joinStage(bob.token)]);
    await Promise.all([
      alicePage.stage.waitForFrames(bob.participantId, 30),
      bobPage.stage.waitForFrames(alice.participantId, 30),
    ]);

    const url = stage.subscribeUrl(alice.participantId);
    const { location, answer } = await bobPage.stage.postSubscribe(url, carol.token);
    await bobPage.stage.waitForFrames(location, 30);
    const told = answer
      .match(/^a=candidate:.*/gm)
      ?.map((line) => line.split(' ').slice(2, 6).join(' ').replace(/ \d+ /, ' '));
    assert.deepEqual(told, [`udp ${site.publicAddress} ${mediaPort}`, `tcp ${site.publicAddress} ${mediaPort}`]);
    assert.ok(!answer.includes(site.privateAddress));

    for (const page of [alicePage, bobPage]) {
      const addresses = await page.stage.remoteAddresses();
      assert.ok(addresses.length >= 2);
      assert.deepEqual(new Set(addresses), new Set([site.publicAddress]));
    }
  });
});
