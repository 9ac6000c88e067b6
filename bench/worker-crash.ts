/** How long pages see nothing when the media worker of their stage is killed, beside a page that joins. */
import { loadavg } from 'node:os';
import { type ChromiumPage, launchChromium } from '../test/support/chromium.ts';
import { mediaWorkersOf } from '../test/support/media-worker.ts';
import { type ServerProcess, startServer } from '../test/support/server.ts';
import { TestStage } from '../test/support/stage.ts';
import { percentile } from './support/percentile.ts';

const kills = 10;
const joins = 5;

interface Host {
  id: string;
  page: ChromiumPage;
}

const chromium = await launchChromium();

/** From the kill until both have decoded a new picture of the other. */
async function killOnce(server: ServerProcess, hosts: [Host, Host]): Promise<number> {
  const [alice, bob] = hosts;
  const killedMs = Date.now();
  const again = [
    [alice, bob],
    [bob, alice],
  ].map(async ([viewer, publisher]) => {
    if (!viewer || !publisher) return;
    const match = { name: 'stageParticipantStreamsAdded', participantId: publisher.id, afterMs: killedMs };
    await viewer.page.stage.waitForEvent(match);
    await viewer.page.stage.waitForFrames(publisher.id, 1);
  });
  // All workers: which one has the stage is not seen from outside.
  for (const pid of await mediaWorkersOf(server.pid)) process.kill(pid, 'SIGKILL');
  await Promise.all(again);
  return Date.now() - killedMs;
}

/** From join() until the first picture. */
async function joinOnce(token: string, publisherId: string): Promise<number> {
  const page = await chromium.openPage();
  const startedMs = Date.now();
  await page.stage.joinStage(token, { publish: false });
  await page.stage.waitForFrames(publisherId, 1);
  const tookMs = Date.now() - startedMs;
  await page.stage.leaveStage();
  await page.close();
  return tookMs;
}

async function measure(workers: number): Promise<{ joined: number[]; recovered: number[] }> {
  const server = await startServer({ env: { PROSCENIUM_MEDIA_WORKERS: String(workers) } });
  const viewers = Array.from({ length: joins }, (_, index) => `viewer-${index}`);
  const stage = await TestStage.create(server, ['alice', 'bob', ...viewers]);
  const hosts: Host[] = [];
  for (const userId of ['alice', 'bob']) {
    const { participantId, token } = stage.invited(userId);
    const page = await chromium.openPage();
    await page.stage.joinStage(token);
    hosts.push({ id: participantId, page });
  }
  const [alice, bob] = hosts as [Host, Host];
  await alice.page.stage.waitForFrames(bob.id, 30);
  const joined: number[] = [];
  for (const userId of viewers) joined.push(await joinOnce(stage.invited(userId).token, alice.id));
  const recovered: number[] = [];
  for (let killed = 0; killed < kills; killed += 1) {
    recovered.push(await killOnce(server, [alice, bob]));
    await alice.page.stage.waitForFrames(bob.id, 30);
  }
  await Promise.all(hosts.map(({ page }) => page.close()));
  await server.stop();
  return { joined, recovered };
}

const { joined, recovered } = await measure(1);
await chromium.close();

console.log(`From kill -9 of the worker to the first new picture at both pages; load average ${loadavg()[0]}`);
const reference = percentile(joined, 50);
console.table(
  [
    { what: `join of a page (${joins})`, times: joined },
    { what: `worker killed (${kills})`, times: recovered },
  ].map(({ what, times }) => ({
    what,
    'p50 ms': percentile(times, 50),
    'p95 ms': percentile(times, 95),
    'longest ms': Math.max(...times),
    ratio: (percentile(times, 50) / reference).toFixed(1),
  })),
);
