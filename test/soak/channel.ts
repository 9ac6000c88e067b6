/**
 * A composition into a channel that the low-latency API has made, played in hls.js for a minute (SOAK_CHANNEL_SECONDS). Fails
 * when the player stood still once after it had begun, or a machine that has time for it left pictures out.
 */
import assert from 'node:assert/strict';
import { loadavg } from 'node:os';
import { CreateChannelCommand, GetStreamCommand } from '@aws-sdk/client-ivs';
import {
  CreateParticipantTokenCommand,
  CreateStageCommand,
  StartCompositionCommand,
} from '@aws-sdk/client-ivs-realtime';
import { launchChromium } from '../support/chromium.ts';
import { lowLatencyClient } from '../support/low-latency-client.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { publishByFfmpeg } from '../support/whip-publisher.ts';

const seconds = Number(process.env.SOAK_CHANNEL_SECONDS ?? 60);
if (!(seconds > 0)) throw new Error('SOAK_CHANNEL_SECONDS is a number of seconds');

const server = await startServer();
const low = lowLatencyClient(server);
const chromium = await launchChromium();
try {
  const { stage } = await server.client.send(new CreateStageCommand({}));
  const { arn: stageArn = '', endpoints } = stage ?? {};
  const { participantToken } = await server.client.send(new CreateParticipantTokenCommand({ stageArn }));
  const publisher = await publishByFfmpeg({ url: endpoints?.whip ?? '', token: participantToken?.token ?? '' });
  try {
    const { channel } = await low.send(new CreateChannelCommand({}));
    const { arn: channelArn = '' } = channel ?? {};
    await server.client.send(new StartCompositionCommand({ stageArn, destinations: [{ channel: { channelArn } }] }));
    await until(
      () => low.send(new GetStreamCommand({ channelArn })).catch(() => undefined),
      (answer) => answer?.stream?.state === 'LIVE',
    );
    const page = await chromium.openAddress(`${server.endpoint}/channels/${channelArn.split('/')[1]}`);
    // Its content security policy lets nobody wait inside of it.
    const ask = <Answer>(expression: string) =>
      page.evaluate<Answer>(`((player) => ${expression})(document.getElementById('player'))`);
    const played = () => ask<number>('player.currentTime');
    await until(
      () => page.evaluate<string>("document.getElementById('state').textContent"),
      (words) => words === 'Live',
    );
    // The beginning is made of whatever is there.
    const begin = (await played()) + 4;
    await until(played, (at) => at >= begin);
    await page.evaluate(
      "window.stalls = 0; document.getElementById('player').addEventListener('waiting', () => { window.stalls += 1; })",
    );
    const startMs = performance.now();
    await until(played, (at) => at >= begin + seconds, 1_000 * (seconds + 120));
    const [stalls, dropped, total] = await ask<[number, number, number]>(
      '[window.stalls, player.getVideoPlaybackQuality().droppedVideoFrames, player.getVideoPlaybackQuality().totalVideoFrames]',
    );
    const tookSeconds = (performance.now() - startMs) / 1_000;
    console.log(
      `${seconds} s were played in ${tookSeconds.toFixed(1)} s, ${stalls} stalls, ${dropped} of ${total} pictures too late; load average ${loadavg()[0]?.toFixed(1)}`,
    );
    assert.equal(stalls, 0, 'it stood still');
  } finally {
    await publisher.kill();
  }
} finally {
  await chromium.close();
  low.destroy();
  await server.stop();
}
