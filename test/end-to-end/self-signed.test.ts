import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateStageCommand } from '@aws-sdk/client-ivs-realtime';
import { chromiumMissing, launchChromium } from '../support/chromium.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { startServer } from '../support/server.ts';
import { TokenSigner } from '../support/token-signer.ts';

test('with self-signed tokens alone one publishes, one watches by the web client, one by POST', {
  skip: chromiumMissing(),
}, async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const chromium = await launchChromium();
  t.after(() => chromium.close());
  const signer = await TokenSigner.create(server, await createDataFolder(t));
  const { stage = { arn: '' } } = await server.client.send(new CreateStageCommand());
  const whipUrl = stage.endpoints?.whip ?? '';

  const watcher = await chromium.openPage();
  await watcher.stage.joinStage(signer.token(stage, 'watcher', { allow_subscribe: true }), { publish: false });
  const host = await chromium.openPage();
  const hostToken = signer.token(stage, 'host', { allow_publish: true });
  const published = await host.stage.postPublish(whipUrl, hostToken, { videoCodec: 'video/H264' });
  await watcher.stage.waitForEvent({ name: 'stageParticipantJoined', participantId: 'host' });
  await watcher.stage.waitForFrames('host', 100);

  const viewer = await chromium.openPage();
  const viewerToken = signer.token(stage, 'viewer', { allow_subscribe: true });
  const { location } = await viewer.stage.postSubscribe(`${whipUrl}/subscribe/host`, viewerToken);
  const { framesDecoded } = await viewer.stage.waitForFrames(location, 100);
  assert.ok(framesDecoded >= 100);
  assert.equal(await viewer.stage.deletePosted(location, viewerToken), 200);
  assert.equal(await host.stage.deletePosted(published.location, hostToken), 200);
  await watcher.stage.waitForEvent({ name: 'stageParticipantLeft', participantId: 'host' });
});
