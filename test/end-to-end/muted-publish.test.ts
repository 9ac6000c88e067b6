import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { connectEvents } from '../support/events-socket.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

describe('a publish without a packet', { skip: chromiumMissing() }, () => {
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

  test('counts once it is connected when its client has said that all is muted, and not before', async (t) => {
    const stage = await TestStage.create(server, ['muted', 'silent']);
    const [muted, silent] = [stage.invited('muted'), stage.invited('silent')];
    const page = await chromium.openPage();
    t.after(() => page.close());
    const sockets = [await connectEvents(muted.token), await connectEvents(silent.token)];
    t.after(() => {
      for (const socket of sockets) socket.close();
    });
    const sessionId = await stage.activeSessionId();
    const namesOf = async ({ participantId }: { participantId: string }) =>
      (await stage.events(sessionId, participantId)).map(({ name }) => name);

    await page.stage.postSilence(stage.whipUrl, silent.token);
    sockets[0]?.send({ type: 'MUTE', payload: { audioMuted: true, videoStopped: true } });
    await page.stage.postSilence(stage.whipUrl, muted.token);
    await stage.untilEvent(sessionId, muted.participantId, 'PUBLISH_STARTED');
    assert.deepEqual(await namesOf(muted), ['JOINED', 'PUBLISH_STARTED']);
    assert.deepEqual(await namesOf(silent), ['JOINED']);

    sockets[1]?.send({ type: 'MUTE', payload: { audioMuted: true, videoStopped: true } });
    await stage.untilEvent(sessionId, silent.participantId, 'PUBLISH_STARTED');
  });
});
