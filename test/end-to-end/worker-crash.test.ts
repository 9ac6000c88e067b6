import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Chromium, type ChromiumPage, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { mediaWorkersOf } from '../support/media-worker.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

interface Host {
  id: string;
  page: ChromiumPage;
}

describe('two pages in a stage whose media worker is killed', { skip: chromiumMissing() }, () => {
  let chromium: Chromium;

  before(async () => {
    chromium = await launchChromium();
  });
  after(() => chromium?.close());

  for (const { workers, kills } of [
    { workers: 1, kills: 2 },
    { workers: 2, kills: 2 },
  ]) {
    test(`decode each other again in the same session, of ${workers} worker${workers > 1 ? 's' : ''}`, async (t) => {
      const server = await startServer({ env: { PROSCENIUM_MEDIA_WORKERS: String(workers) } });
      t.after(() => server.stop());
      const { stage, hosts } = await startShow(t, server);
      const sessionId = await stage.activeSessionId();
      const stops = () => countEvents(stage, sessionId, hosts, 'PUBLISH_STOPPED');

      for (let killed = 0; killed < kills; killed += 1) {
        const before = await stops();
        // Where the stage is not seen from outside. It moves to another one, so each kill hits it.
        for (const pid of await mediaWorkersOf(server.pid)) {
          process.kill(pid, 'SIGKILL');
          await until(
            () => mediaWorkersOf(server.pid),
            (pids) => pids.length === workers && !pids.includes(pid),
          );
          await decode(hosts);
          if ((await stops()) > before) break;
        }
        assert.ok((await stops()) >= before + hosts.length, 'the stage was on a worker that was killed');
      }

      assert.equal(await stage.activeSessionId(), sessionId);
      assert.equal((await stage.sessions()).length, 1);
      assert.equal(await countEvents(stage, sessionId, hosts, 'JOINED'), hosts.length);
      assert.equal(await countEvents(stage, sessionId, hosts, 'LEFT'), 0);
    });
  }

  /** Alice and bob, who publish and decode each other. */
  async function startShow(t: TestContext, server: ServerProcess): Promise<{ stage: TestStage; hosts: Host[] }> {
    const stage = await TestStage.create(server, ['alice', 'bob']);
    const hosts: Host[] = [];
    for (const userId of ['alice', 'bob']) {
      const page = await chromium.openPage();
      t.after(() => page.close());
      const { participantId, token } = stage.invited(userId);
      await page.stage.joinStage(token);
      hosts.push({ id: participantId, page });
    }
    await decode(hosts);
    return { stage, hosts };
  }
});

async function decode([alice, bob]: Host[]): Promise<void> {
  assert.ok(alice && bob);
  await Promise.all([alice.page.stage.waitForFrames(bob.id, 10), bob.page.stage.waitForFrames(alice.id, 10)]);
}

async function countEvents(stage: TestStage, sessionId: string, hosts: Host[], name: string): Promise<number> {
  const events = await Promise.all(hosts.map(({ id }) => stage.events(sessionId, id)));
  return events.flat().filter((event) => event.name === name).length;
}
