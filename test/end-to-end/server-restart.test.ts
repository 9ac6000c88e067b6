import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

describe('two pages in a stage whose server is started again', { skip: chromiumMissing() }, () => {
  let chromium: Chromium;
  let dataFolder: string;

  before(async () => {
    dataFolder = await mkdtemp(path.join(tmpdir(), 'proscenium-data-'));
    chromium = await launchChromium();
  });
  after(async () => {
    await chromium?.close();
    await rm(dataFolder, { recursive: true });
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`decode each other again by themselves, in the same session, after ${signal}`, async (t) => {
      const server = await startServer({ dataFolder });
      const stage = await TestStage.create(server, ['alice', 'bob']);
      const [alice, bob] = await Promise.all(
        ['alice', 'bob'].map(async (userId) => {
          const page = await chromium.openPage();
          t.after(() => page.close());
          const { participantId, token } = stage.invited(userId);
          await page.stage.joinStage(token);
          return { id: participantId, page: page.stage, sleep: () => page.sleep() };
        }),
      );
      assert.ok(alice && bob);
      const decode = (frames: number) =>
        Promise.all([alice.page.waitForFrames(bob.id, frames), bob.page.waitForFrames(alice.id, frames)]);
      await decode(30);
      const sessionId = await stage.activeSessionId();

      const endedMs = Date.now();
      // A client tries for 30 seconds; a busy machine may take longer to start a server.
      const asleep = await Promise.all([alice, bob].map(({ sleep }) => sleep()));
      await (signal === 'SIGTERM' ? server.stop() : server.kill());
      const next = await startServer({ dataFolder, args: ['--listen', new URL(server.endpoint).host] });
      t.after(() => next.stop());
      assert.equal(next.endpoint, server.endpoint);
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

      const again = stage.on(next);
      assert.deepEqual(
        (await again.sessions()).map((session) => session.sessionId),
        [sessionId],
      );
      for (const { id, page } of [alice, bob]) {
        assert.equal((await again.participant(sessionId, id)).state, 'CONNECTED');
        const ends = (await page.events()).filter(({ name }) => name === 'stageLeft' || name === 'error');
        assert.deepEqual(ends, []);
      }
    });
  }
});
