import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type ServerProcess, startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

/** What Amazon's own model of CloudWatch, as botocore has it, makes of a call. */
interface ReadCall {
  readonly valid: boolean;
  readonly report: string;
  /** Fields that AWS clients write otherwise. */
  readonly differs: readonly string[];
  readonly parameters: { Namespace: string; MetricData: Datum[] };
}

interface Datum {
  readonly MetricName: string;
  readonly Unit: string;
  readonly Dimensions?: { Name: string; Value: string }[];
  readonly StatisticValues: { SampleCount: number; Sum: number; Minimum: number; Maximum: number };
  readonly StorageResolution?: number;
}

const reader = fileURLToPath(new URL('../support/put-metric-data.py', import.meta.url));
const credentials = { accessKeyId: 'AKIAEXAMPLEEXAMPLE', secretAccessKey: 'a-secret-of-cloud-watch-alone' };
const received: { headers: IncomingHttpHeaders; body: string }[] = [];
const cloudWatch = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  received.push({ headers: request.headers, body });
  response.writeHead(200, { 'content-type': 'text/xml' }).end('<PutMetricDataResponse/>');
});
let server: ServerProcess;

before(async () => {
  await new Promise<void>((resolve) => cloudWatch.listen(0, '127.0.0.1', resolve));
  const { port } = cloudWatch.address() as AddressInfo;
  server = await startServer({
    env: {
      PROSCENIUM_MEDIA_WORKERS: '0',
      PROSCENIUM_METRICS_CLOUD_WATCH_ENDPOINT: `http://127.0.0.1:${port}/`,
      PROSCENIUM_METRICS_CLOUD_WATCH_NAMESPACE: 'Stages',
      PROSCENIUM_METRICS_CLOUD_WATCH_INTERVAL_SECONDS: '10',
      PROSCENIUM_METRICS_CLOUD_WATCH_ACCESS_KEY_ID: credentials.accessKeyId,
      PROSCENIUM_METRICS_CLOUD_WATCH_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  });
});

after(async () => {
  await server?.stop();
  cloudWatch.closeAllConnections();
  cloudWatch.close();
});

test("metrics are put as Amazon's model of CloudWatch has it, signed, and no secret is told", async () => {
  await until(
    async () => received.length,
    (count) => count > 0,
  );
  const [{ headers, body } = { headers: {}, body: '' }] = received;
  assert.match(
    headers.authorization ?? '',
    /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLEEXAMPLE\/\d{8}\/us-west-2\/monitoring\//,
  );
  const { status, stdout, stderr } = spawnSync('python3', [reader], { input: body, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const { valid, report, differs, parameters }: ReadCall = JSON.parse(stdout);
  assert.ok(valid, report);
  assert.deepEqual(differs, []);
  assert.equal(parameters.Namespace, 'Stages');
  const [datum] = parameters.MetricData.filter(({ MetricName }) => MetricName === 'ConcurrentPublishers');
  assert.equal(datum?.Unit, 'Count');
  assert.equal(datum.Dimensions, undefined);
  assert.equal(datum.StorageResolution, 1);
  const { SampleCount, Sum, Minimum, Maximum } = datum.StatisticValues;
  assert.ok(SampleCount >= 1);
  assert.deepEqual([Sum, Minimum, Maximum], [0, 0, 0]);

  const metrics = await (await fetch(`${server.endpoint}/metrics`)).text();
  assert.match(metrics, /^proscenium_cloudwatch_calls_total\{outcome="taken"\} [1-9]/m);
  for (const text of [metrics, server.log(), body]) assert.ok(!text.includes(credentials.secretAccessKey));
});

test("a server that is to put AWS/ into Amazon's own CloudWatch does not start, and says why", async () => {
  const env = {
    PROSCENIUM_METRICS_CLOUD_WATCH_ENDPOINT: 'https://monitoring.us-west-2.amazonaws.com',
    PROSCENIUM_METRICS_CLOUD_WATCH_ACCESS_KEY_ID: credentials.accessKeyId,
    PROSCENIUM_METRICS_CLOUD_WATCH_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  await assert.rejects(startServer({ env }), /metrics\.cloudWatch\.namespace: .*AWS\//);
});
