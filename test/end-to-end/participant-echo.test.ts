import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { atProcessEnd } from '../support/process-end.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

const example = fileURLToPath(new URL('../../examples/participant-echo/echo.ts', import.meta.url));

describe('the echo', { skip: chromiumMissing() }, () => {
  let server: ServerProcess;
  let chromium: Chromium;

  before(async () => {
    server = await startServer();
    chromium = await launchChromium();
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
  });

  test('says what a page says, and leaves when it is told to', async (t) => {
    const stage = await TestStage.create(server, ['echo', 'visitor']);
    const { participantId, token } = stage.invited('echo');
    const page = await chromium.openPage();
    t.after(() => page.close());
    await page.stage.joinStage(stage.invited('visitor').token);

    const child = spawn(process.execPath, [example], { env: { ...process.env, PARTICIPANT_TOKEN: token } });
    const kill = () => child.kill('SIGKILL');
    t.after(kill);
    t.after(atProcessEnd(kill));
    let said = '';
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
      });
    }
    const exit = once(child, 'exit');
    const { heard, peaksHz } = await page.stage.hearTone(participantId);
    assert.ok(heard, `peaks at ${peaksHz} Hz; ${said}`);
    child.kill('SIGINT');
    assert.deepEqual(await exit, [0, null], said);
    assert.match(said, /^hears visitor$/m);
    assert.match(said, /^left: user-initiated$/m);
    await page.stage.waitForEvent({ name: 'stageParticipantLeft', participantId });
  });
});
