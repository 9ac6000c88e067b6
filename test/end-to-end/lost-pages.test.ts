import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Chromium, type ChromiumPage, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

describe('a page that is lost', { skip: chromiumMissing() }, () => {
  let server: ServerProcess;
  let chromium: Chromium;

  before(async () => {
    server = await startServer({ env: { PROSCENIUM_LIMITS_RECONNECT_GRACE_SECONDS: '2' } });
    chromium = await launchChromium();
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
  });

  interface Host {
    id: string;
    page: ChromiumPage;
  }

  async function startShow(t: TestContext): Promise<{ stage: TestStage; alice: Host; bob: Host }> {
    const stage = await TestStage.create(server, ['alice', 'bob']);
    const open = async (userId: string): Promise<Host> => {
      const page = await chromium.openPage();
      t.after(() => page.close());
      const { participantId, token } = stage.invited(userId);
      await page.stage.joinStage(token);
      return { id: participantId, page };
    };
    const [alice, bob] = [await open('alice'), await open('bob')];
    await Promise.all([alice.page.stage.waitForFrames(bob.id, 10), bob.page.stage.waitForFrames(alice.id, 10)]);
    return { stage, alice, bob };
  }

  test('has left for the others when it was killed and does not come back', async (t) => {
    const { stage, alice, bob } = await startShow(t);
    const killedMs = Date.now();
    await alice.page.kill();
    const after = { participantId: alice.id, afterMs: killedMs };
    const unpublished = { ...after, name: 'stageParticipantPublishStateChanged', detail: 'not_published' };
    const { atMs } = await bob.page.stage.waitForEvent(unpublished);
    const left = await bob.page.stage.waitForEvent({ ...after, name: 'stageParticipantLeft' });
    t.diagnostic(`not published after ${atMs - killedMs} ms, left after ${left.atMs - killedMs} ms`);
    await stage.untilEvent(await stage.activeSessionId(), alice.id, 'LEFT');
  });

  test('learns what it missed while it was frozen, and is still in the stage', async (t) => {
    const { stage, alice, bob } = await startShow(t);
    const asleep = await bob.page.sleep();
    await alice.page.stage.leaveStage();
    await stage.untilEvent(await stage.activeSessionId(), alice.id, 'LEFT');
    await asleep.wake();
    await bob.page.stage.waitForEvent({ name: 'stageParticipantLeft', participantId: alice.id });
    const again = Date.now();
    await alice.page.stage.joinStage(stage.invited('alice').token);
    await alice.page.stage.waitForEvent({
      name: 'stageParticipantStreamsAdded',
      participantId: bob.id,
      afterMs: again,
    });
    await Promise.all([alice.page.stage.waitForFrames(bob.id, 10), bob.page.stage.waitForFrames(alice.id, 10)]);
    const ends = (await bob.page.stage.events()).filter(({ name }) => name === 'stageLeft' || name === 'error');
    assert.deepEqual(ends, []);
  });
});
