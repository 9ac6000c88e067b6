/**
 * The time from joining a stage to its first picture, by a connection of its own and over a real-time connection that is
 * there already; in a page that has just been opened, and in one that watches another stage.
 *
 *     node bench/real-time-connection.ts [--joins 10] [--round-trips 0,50,150]
 *
 * On loopback a way to the server costs next to nothing, so the same is measured with a relay on it that makes each round
 * trip longer: of signalling (by TLS, as on the internet; the relay adds a round trip for the handshake of TCP) and of media.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CreateStageCommand, type Stage } from '@aws-sdk/client-ivs-realtime';
import { startShapedRelay } from '../packages/media/src/sfu/shaped-relay.fixture.ts';
import { createCertificate, trust, trustFlag } from '../test/support/certificate.ts';
import { type Chromium, launchChromium } from '../test/support/chromium.ts';
import { type ServerProcess, startServer } from '../test/support/server.ts';
import { startTcpRelay } from '../test/support/tcp-relay.ts';
import { TokenSigner } from '../test/support/token-signer.ts';
import { median } from './support/median.ts';
import { percentile } from './support/percentile.ts';

const { values } = parseArgs({
  options: {
    joins: { type: 'string', default: '10' },
    'round-trips': { type: 'string', default: '0,50,150' },
  },
});
const joins = Number(values.joins);
const roundTripsMs = values['round-trips'].split(',').map(Number);
if (!(joins > 0) || roundTripsMs.some((each) => !(each >= 0))) throw new Error('--joins and --round-trips are numbers');

/** Where a page stands when it joins, and by what. */
interface Way {
  readonly page: 'just opened' | 'watches another stage';
  readonly overConnection: boolean;
}
const ways = [
  { page: 'just opened', overConnection: false },
  { page: 'just opened', overConnection: true },
  { page: 'watches another stage', overConnection: false },
  { page: 'watches another stage', overConnection: true },
] as const satisfies readonly Way[];

/** With a publisher each. */
type Stages = [wanted: Stage, other: Stage];
interface Setting {
  readonly server: ServerProcess;
  readonly chromium: Chromium;
  readonly signer: TokenSigner;
  readonly stages: Stages;
}
let guests = 0;

/** Joins so many times each way by turns, as a machine has better and worse minutes. The first time warms up. */
async function measure(setting: Setting, roundTripMs: number): Promise<number[][]> {
  const tookMs = ways.map((): number[] => []);
  for (let round = 0; round <= joins; round += 1) {
    for (const [index, way] of ways.entries()) {
      const took = await timeJoin(setting, way, roundTripMs);
      if (round > 0) tookMs[index]?.push(took);
    }
  }
  return tookMs;
}

async function timeJoin({ server, chromium, signer, stages }: Setting, way: Way, roundTripMs: number): Promise<number> {
  const { port: apiPort } = new URL(server.endpoint);
  const mediaPort = server.announcement.media.ports.find(({ protocol }) => protocol === 'udp')?.port ?? 0;
  const [signalling, media] = [await startTcpRelay(Number(apiPort)), await startShapedRelay(mediaPort)];
  signalling.roundTripMs = roundTripMs;
  media.delayMs = roundTripMs;
  const opened = await chromium.openPage({ mediaPort: media.port });
  try {
    const page = opened.stage;
    const events = `wss://127.0.0.1:${signalling.port}/events`;
    const [wanted, other] = stages.map((stage) => ({ ...stage, endpoints: { ...stage.endpoints, events } })) as Stages;
    guests += 1;
    const join = (stage: Stage, host: string) =>
      page.timeJoin(signer.token(stage, `guest-${guests}`, { allow_subscribe: true }), host, way);
    if (way.overConnection) {
      await page.openConnection(signer.connectionToken(wanted, `phone-${guests}`));
      await page.waitForEvent({ name: 'connectionStateChanged', detail: 'connected' });
    }
    if (way.page === 'watches another stage') await join(other, 'host-1');
    return await join(wanted, 'host-0');
  } finally {
    await opened.close();
    media.close();
    await signalling.close();
  }
}

async function measureAll(setting: Setting): Promise<void> {
  for (const roundTripMs of roundTripsMs) {
    const mediansMs = (await measure(setting, roundTripMs)).map((tookMs) => ({ tookMs, medianMs: median(tookMs) }));
    const rows = mediansMs.map(({ tookMs, medianMs }, index) => {
      const { page, overConnection } = ways[index] ?? ways[0];
      const ownMs = mediansMs[overConnection ? index - 1 : index]?.medianMs ?? Number.NaN;
      return {
        page,
        'joins by': overConnection ? 'a real-time connection' : 'a connection of its own',
        'median ms': Math.round(medianMs),
        ratio: (medianMs / ownMs).toFixed(2),
        'saved ms': Math.round(ownMs - medianMs),
        'least ms': Math.round(Math.min(...tookMs)),
        'p95 ms': Math.round(percentile(tookMs, 95)),
      };
    });
    const what = roundTripMs === 0 ? 'on loopback as it is' : `with round trips of ${roundTripMs} ms`;
    console.log(`\nFrom joining to the first picture ${what}, ${joins} times`);
    console.table(rows);
  }
}

console.log(`${availableParallelism()} cores, load average ${loadavg()[0]?.toFixed(1)}`);
const folder = await mkdtemp(path.join(tmpdir(), 'proscenium-bench-'));
const files = createCertificate(folder, 'own', ['IP:127.0.0.1']);
trust(files);
const server = await startServer({
  env: { PROSCENIUM_TLS_CERT_FILE: files.certFile, PROSCENIUM_TLS_KEY_FILE: files.keyFile },
});
const flags = [trustFlag(files)];
const [chromium, publishing] = [await launchChromium({ flags }), await launchChromium({ flags })];
try {
  const signer = await TokenSigner.create(server, folder);
  const stages: Stage[] = [];
  for (const index of [0, 1]) {
    const { stage } = await server.client.send(new CreateStageCommand());
    if (!stage) throw new Error('There is no stage');
    stages.push(stage);
    const host = await publishing.openPage();
    await host.stage.joinStage(signer.token(stage, `host-${index}`, { allow_publish: true }), { subscribe: false });
  }
  await measureAll({ server, chromium, signer, stages: stages as Stages });
} finally {
  await chromium.close();
  await publishing.close();
  await server.stop();
  await rm(folder, { recursive: true });
}
console.log(`Load average ${loadavg()[0]?.toFixed(1)} at the end`);
