import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { type Chromium, launchChromium } from '../support/chromium.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

let server: ServerProcess;
let chromium: Chromium;

before(async () => {
  [server, chromium] = await Promise.all([startServer(), launchChromium()]);
});

after(async () => {
  await chromium?.close();
  await server?.stop();
});

it('tells what pages receive, lose and drop, by platform and version of the web client', async () => {
  const stage = await TestStage.create(server, ['alice', 'bob']);
  const stageId = stage.arn.split('/').at(-1);
  const [alice, bob] = [stage.invited('alice'), stage.invited('bob')];
  const publisher = await chromium.openPage();
  await publisher.stage.joinStage(alice.token);
  const viewer = await chromium.openPage();
  await viewer.stage.joinStage(bob.token, { publish: false });
  await viewer.stage.waitForFrames(alice.participantId, 10);

  const series = (text: string, metric: string) =>
    text.match(new RegExp(`^ivs_realtime_${metric}\\{[^}]*platform="web",sdk_version="[^"]+"[^}]*\\} (\\S+)$`, 'gm')) ??
    [];
  const metrics = ['subscribe_bitrate', 'download_packet_loss', 'dropped_frames'];
  // The client tells what it dropped every fifteen seconds.
  const text = await until(
    async () => (await fetch(`${server.endpoint}/metrics`)).text(),
    (scraped) => metrics.every((metric) => series(scraped, metric).length === 2),
  );
  for (const metric of metrics) {
    for (const line of series(text, metric)) {
      const value = Number(line.split(' ').at(-1));
      assert.ok(value >= 0 && (metric === 'subscribe_bitrate' ? value > 1_000 : value <= 100), line);
    }
  }
  assert.match(text, /^ivs_realtime_publish_bitrate\{[^}]*platform="web"\} [1-9]/m);
  assert.match(text, new RegExp(`^ivs_realtime_subscribers\\{[^}]*stage="${stageId}"\\} 1$`, 'm'));
  await Promise.all([publisher.close(), viewer.close()]);
});
