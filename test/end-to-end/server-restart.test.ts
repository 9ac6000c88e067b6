import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chromiumMissing, launchChromium } from '../support/chromium.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

describe('two pages in a stage whose server is started again', { skip: chromiumMissing() }, () => {
  test('decode each other again by themselves, in the same session, after SIGTERM and after SIGKILL', async (t) => {
    let server: ServerProcess | undefined;
    t.after(() => server?.stop());
    const dataFolder = await createDataFolder(t);
    server = await startServer({ dataFolder });
    const { endpoint } = server;
    const chromium = await launchChromium();
    t.after(() => chromium.close());
    const stage = await TestStage.create(server, ['alice', 'bob']);
    const [alice, bob] = await Promise.all(
      ['alice', 'bob'].map(async (userId) => {
        const page = await chromium.openPage();
        const { participantId, token } = stage.invited(userId);
        await page.stage.joinStage(token);
        return { id: participantId, page: page.stage, sleep: () => page.sleep() };
      }),
    );
    assert.ok(alice && bob);
    const hosts = [alice, bob];
    const decode = (frames: number) =>
      Promise.all([alice.page.waitForFrames(bob.id, frames), bob.page.waitForFrames(alice.id, frames)]);
    await decode(10);
    const sessionId = await stage.activeSessionId();

    for (const end of ['stop', 'kill'] as const) {
      const endedMs = Date.now();
      // A client tries for 30 seconds; a busy machine may take longer to start a server.
      const asleep = await Promise.all(hosts.map(({ sleep }) => sleep()));
      await server[end]();
      const restarted: ServerProcess = await startServer({ dataFolder, args: ['--listen', new URL(endpoint).host] });
      server = restarted;
      assert.equal(restarted.endpoint, endpoint);
      const wokenMs = Date.now();
      await Promise.all(asleep.map(({ wake }) => wake()));
      for (const [viewer, publisher] of [
        [alice, bob],
        [bob, alice],
      ] as const) {
        const match = { name: 'stageParticipantStreamsAdded', participantId: publisher.id, afterMs: endedMs };
        await viewer.page.waitForEvent(match);
      }
      await decode(30);
      t.diagnostic(`decoded again ${Date.now() - wokenMs} ms after the server had started again`);

      const again = stage.on(restarted);
      assert.deepEqual(
        (await again.sessions()).map((session) => session.sessionId),
        [sessionId],
      );
      for (const { id, page } of hosts) {
        assert.equal((await again.participant(sessionId, id)).state, 'CONNECTED');
        const ends = (await page.events()).filter(({ name }) => name === 'stageLeft' || name === 'error');
        assert.deepEqual(ends, []);
      }
    }
  });
});
