import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Chromium, type ChromiumPage, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { createNamespace, type NetworkNamespace, netnsMissing } from '../support/netns.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

interface Host {
  id: string;
  page: ChromiumPage;
}

/** Alice is in a network of her own, which can be broken; Bob is where the server is. */
interface Show {
  stage: TestStage;
  sessionId: string;
  alice: Host;
  bob: Host;
}

describe('A publisher and subscriber whose network changes', { skip: netnsMissing() || chromiumMissing() }, () => {
  let network: NetworkNamespace;
  let server: ServerProcess;
  let outside: Chromium;
  let inside: Chromium;
  let mediaPorts: number[];

  before(async () => {
    network = createNamespace();
    server = await startServer({ host: network.hostAddress });
    mediaPorts = server.announcement.media.ports.map(({ port }) => port);
    outside = await launchChromium();
    inside = await launchChromium({ network });
  });
  after(async () => {
    await inside?.close();
    await outside?.close();
    await server?.stop();
    network?.remove();
  });

  async function startShow(t: TestContext): Promise<Show> {
    const stage = await TestStage.create(server, ['alice', 'bob']);
    const [alice, bob] = [stage.invited('alice'), stage.invited('bob')];
    const [alicePage, bobPage] = [await inside.openPage(), await outside.openPage()];
    t.after(async () => {
      network.thaw();
      network.drop();
      await Promise.all([alicePage.close(), bobPage.close()]);
    });
    await Promise.all([alicePage.stage.joinStage(alice.token), bobPage.stage.joinStage(bob.token)]);
    await Promise.all([
      alicePage.stage.waitForFrames(bob.participantId, 10),
      bobPage.stage.waitForFrames(alice.participantId, 10),
    ]);
    return {
      stage,
      sessionId: await stage.activeSessionId(),
      alice: { id: alice.participantId, page: alicePage },
      bob: { id: bob.participantId, page: bobPage },
    };
  }

  /** Waits until media of both flows for a while, and tells how long that took. */
  async function untilFlowing(t: TestContext, { alice, bob }: Show, startedMs: number): Promise<void> {
    await Promise.all([alice.page.stage.waitForFrames(bob.id, 60), bob.page.stage.waitForFrames(alice.id, 60)]);
    t.diagnostic(`60 more frames each way ${Date.now() - startedMs} ms after the change`);
  }

  /** Nobody has left or joined anew, and nothing was published or subscribed again. */
  async function assertUnbroken({ stage, sessionId, alice, bob }: Show): Promise<void> {
    for (const { id } of [alice, bob]) {
      const names = (await stage.events(sessionId, id)).map(({ name }) => name).sort();
      assert.deepEqual(names, ['JOINED', 'PUBLISH_STARTED', 'SUBSCRIBE_STARTED']);
    }
    const left = (await bob.page.stage.events()).filter(({ name }) => name === 'stageParticipantLeft');
    assert.deepEqual(left, []);
  }

  test('goes on by TCP when UDP gets through no more', async (t) => {
    const show = await startShow(t);
    assert.deepEqual(await protocolsOf(show.alice), ['udp', 'udp']);
    const startedMs = Date.now();
    network.drop({ protocols: ['udp'], ports: mediaPorts });
    await until(
      () => protocolsOf(show.alice),
      (protocols) => protocols.join() === 'tcp,tcp',
    );
    await untilFlowing(t, show, startedMs);
    await assertUnbroken(show);
  });

  test('begins by TCP where UDP does not get through', async (t) => {
    network.drop({ protocols: ['udp'], ports: mediaPorts });
    const show = await startShow(t);
    assert.deepEqual(await protocolsOf(show.alice), ['tcp', 'tcp']);
    await untilFlowing(t, show, Date.now());
    await assertUnbroken(show);
  });

  test('is given up within 12 s when its packets are lost, and is still in the stage when it comes back', async (t) => {
    const { stage, sessionId, alice, bob } = await startShow(t);
    const startedMs = Date.now();
    network.drop({ protocols: ['tcp', 'udp'] });
    await assertUnpublished(t, bob, alice, startedMs);
    network.drop();
    await bob.page.stage.waitForFrames(alice.id, 60);
    const names = (await stage.events(sessionId, alice.id)).map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => name === 'JOINED' || name === 'LEFT'),
      ['JOINED'],
    );
    assert.deepEqual(
      names.filter((name) => name?.startsWith('PUBLISH')),
      ['PUBLISH_STARTED', 'PUBLISH_STOPPED', 'PUBLISH_STARTED'],
    );
  });

  test('is given up within 12 s when its program is stopped', async (t) => {
    const { alice, bob } = await startShow(t);
    const startedMs = Date.now();
    network.freeze();
    await assertUnpublished(t, bob, alice, startedMs);
    network.thaw();
  });

  test('goes on from another address', async (t) => {
    const show = await startShow(t);
    const startedMs = Date.now();
    network.renumber();
    await untilFlowing(t, show, startedMs);
    const { stage, sessionId, alice, bob } = show;
    for (const { id } of [alice, bob]) {
      const names = (await stage.events(sessionId, id)).map(({ name }) => name);
      t.diagnostic(names.join(' '));
      assert.equal(names.filter((name) => name === 'JOINED' || name === 'LEFT').length, 1);
    }
  });
});

/** How each connection of the page goes. */
async function protocolsOf({ page }: Host): Promise<string[]> {
  return (await page.stage.connectionPaths()).map((path) => path.split(' ').at(-1) ?? '');
}

async function assertUnpublished(t: TestContext, viewer: Host, publisher: Host, startedMs: number): Promise<void> {
  const { atMs } = await viewer.page.stage.waitForEvent({
    name: 'stageParticipantPublishStateChanged',
    participantId: publisher.id,
    detail: 'not_published',
    afterMs: startedMs,
  });
  t.diagnostic(`publishing ended ${atMs - startedMs} ms after the change`);
}
