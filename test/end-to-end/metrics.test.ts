import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { GetStageCommand } from '@aws-sdk/client-ivs-realtime';
import {
  EventsSocket,
  Publisher,
  postTo,
  type Signalling,
  StageSubscriber,
  subscribeByPost,
  VIDEO_DEFAULTS,
} from '@proscenium/load-test';
import { createIdentity } from '@proscenium/participant/connection';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const chromeUserAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const bearerToken = 'a-token-for-the-metrics-of-tests';
const authorization = `Bearer ${bearerToken}`;
const prometheusMissing = spawnSync('promtool', ['--version']).error ? 'Prometheus is not installed' : false;

interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly status: { readonly code: number };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, string> }[];
}

describe('metrics and traces of a server with media', { timeout: 120_000 }, () => {
  let folder: string;
  let server: ServerProcess;
  let stage: TestStage;
  let stageId: string;
  let ends: (() => Promise<unknown>)[] = [];
  const spans: Span[] = [];
  const collector = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
    spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
    response.writeHead(request.url === '/v1/traces' ? 200 : 404).end('{}');
  });

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-metrics-'));
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    const config = path.join(folder, 'config.yaml');
    // Nobody listens there: what is recorded waits.
    await writeFile(
      config,
      'events: { targets: [{ name: hook, type: webhook, url: "http://127.0.0.1:9/", secret: a-text-of-sixteen-characters }] }',
    );
    server = await startServer({
      args: ['--config', config],
      env: {
        PROSCENIUM_METRICS_BEARER_TOKEN: bearerToken,
        PROSCENIUM_METRICS_COUNTRY_HEADER: 'CF-IPCountry',
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      },
    });
    stage = await TestStage.create(server, ['alice', 'bob', 'carol', 'dave']);
    stageId = stage.arn.split('/').at(-1) ?? '';
    await fill();
  });

  after(async () => {
    await Promise.all(ends.map((end) => end()));
    ends = [];
    await server?.stop();
    collector.closeAllConnections();
    collector.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Alice publishes layers, Bob one picture; Bob receives Alice by his socket, Carol by a POST of a browser in Germany. */
  async function fill(): Promise<void> {
    const identity = await createIdentity();
    const video = { ...VIDEO_DEFAULTS, width: 640, height: 360, bitrateBps: 300_000 };
    const lowerLayers = [{ ...video, width: 320, height: 180, bitrateBps: 100_000 }];
    const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((userId) => stage.invited(userId));
    assert.ok(alice && bob && carol);
    const traceparent = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
    const options = { identity, video, audio: true };
    const layered = await Publisher.start(post(stage.whipUrl, alice.token, traceparent), { ...options, lowerLayers });
    const plain = await Publisher.start(postTo(stage.whipUrl, bob.token), options);
    const subscriber = await StageSubscriber.join(bob.token, { identity, openEveryPictures: 30 });
    subscriber.subscribe([alice.participantId]);
    const headers = { 'user-agent': chromeUserAgent, 'cf-ipcountry': 'DE' };
    const posted = await subscribeByPost(
      post(stage.subscribeUrl(alice.participantId), carol.token, headers),
      ['audio', 'video'],
      { identity, openEveryPictures: 30 },
    );
    const socket = await EventsSocket.connect(carol.token);
    socket.send('CLIENT_INFO', { sdkVersion: '9.8.7' });
    socket.send('PLAYBACK_REPORT', { framesReceived: 200, framesDropped: 5 });
    ends = [
      () => posted.stop(),
      () => socket.leave(),
      () => subscriber.stop(),
      () => plain.stop(),
      () => layered.stop(),
    ];
  }

  async function scrape(accept = 'application/openmetrics-text'): Promise<string> {
    const response = await fetch(`${server.endpoint}/metrics`, { headers: { accept, authorization } });
    assert.equal(response.status, 200);
    return response.text();
  }

  async function allSeries(): Promise<Series[]> {
    return readSeries(await scrape());
  }

  /** Of a metric, without the labels that all have. */
  function valuesOf(series: readonly Series[], name: string): Map<string, number> {
    const own = series.filter((each) => each.name === name);
    return new Map(
      own.map(({ labels: { account, region, ...labels }, value }) => [JSON.stringify(sorted(labels)), value]),
    );
  }

  /** Until the slowest of them are there: what is measured over some time, and pictures that are looked at. */
  function untilMeasured(): Promise<Series[]> {
    const wanted = [
      ['ivs_realtime_publish_resolution', 3],
      ['ivs_realtime_publish_framerate', 5],
      ['ivs_realtime_download_packet_loss', 8],
      ['ivs_realtime_dropped_frames', 8],
      ['ivs_realtime_subscribe_bitrate', 10],
    ] as const;
    return until(allSeries, (series) =>
      wanted.every(([name, count]) => series.filter((each) => each.name === name).length >= count),
    );
  }

  it('tells what each publisher sends, by its streams and layers', async () => {
    const series = await untilMeasured();
    const [alice, bob] = [stage.invited('alice').participantId, stage.invited('bob').participantId];
    const bitrates = valuesOf(series, 'ivs_realtime_publish_bitrate');
    const stream = (participant: string, simulcast_layer: string, media_type: string) =>
      JSON.stringify(sorted({ stage: stageId, participant, simulcast_layer, media_type }));
    assert.deepEqual(
      [...bitrates.keys()].sort(),
      [
        '{}',
        JSON.stringify({ stage: stageId }),
        stream(alice, 'none', 'audio'),
        stream(alice, 'low', 'video'),
        stream(alice, 'hi', 'video'),
        stream(bob, 'none', 'audio'),
        stream(bob, 'none', 'video'),
      ].sort(),
    );
    const [low = 0, hi = 0] = ['low', 'hi'].map((layer) => bitrates.get(stream(alice, layer, 'video')));
    assert.ok(low > 20_000 && low < hi && hi < 1_000_000, `${low}, ${hi}`);
    const resolutions = valuesOf(series, 'ivs_realtime_publish_resolution');
    assert.equal(resolutions.get(stream(alice, 'low', 'video')), 180);
    assert.equal(resolutions.get(stream(alice, 'hi', 'video')), 360);
    const frameRate = valuesOf(series, 'ivs_realtime_publish_framerate').get(
      JSON.stringify(sorted({ stage: stageId, participant: alice })),
    );
    assert.ok(frameRate !== undefined && frameRate > 5 && frameRate < 61, String(frameRate));
  });

  it('tells what subscribers get, those that publish by name', async () => {
    const series = await untilMeasured();
    const bob = stage.invited('bob').participantId;
    const bitrates = valuesOf(series, 'ivs_realtime_subscribe_bitrate');
    const whole = { stage: stageId, platform: 'web', sdk_version: '9.8.7' };
    for (const labels of [
      {},
      { platform: 'web' },
      { platform: 'web', sdk_version: '9.8.7' },
      { stage: stageId },
      { stage: stageId, platform: 'web' },
      whole,
      { stage: stageId, subscriber_country_code: 'DE' },
      { subscriber_country_code: 'DE' },
      { stage: stageId, participant: bob, media_type: 'audio' },
      { stage: stageId, participant: bob, media_type: 'video' },
    ]) {
      const bitrate = bitrates.get(JSON.stringify(sorted(labels)));
      assert.ok(bitrate !== undefined && bitrate >= 0 && bitrate < 5_000_000, JSON.stringify(labels));
    }
    assert.equal(bitrates.size, 10);
    assert.equal(valuesOf(series, 'ivs_realtime_dropped_frames').get(JSON.stringify(sorted(whole))), 2.5);
    const loss = valuesOf(series, 'ivs_realtime_download_packet_loss').get('{}');
    assert.ok(loss !== undefined && loss >= 0 && loss <= 100, String(loss));
  });

  it('counts publishers, subscribers and subscriptions', async () => {
    const series = await untilMeasured();
    const values = (name: string) => [...valuesOf(series, name)];
    assert.deepEqual(values('ivs_realtime_concurrent_publishers'), [['{}', 2]]);
    assert.deepEqual(values('ivs_realtime_concurrent_subscriptions'), [['{}', 2]]);
    assert.deepEqual(values('ivs_realtime_publishers'), [[JSON.stringify({ stage: stageId }), 2]]);
    assert.deepEqual(values('ivs_realtime_subscribers'), [[JSON.stringify({ stage: stageId }), 2]]);
    assert.deepEqual(values('proscenium_participants'), [['{}', 3]]);
    assert.deepEqual(values('proscenium_events_sockets'), [['{}', 2]]);
  });

  it('tells what the server is and does', async () => {
    await server.client.send(new GetStageCommand({ arn: stage.arn }));
    const missing = new GetStageCommand({ arn: stage.arn.replace(/\w{12}$/, 'AAAAAAAAAAAA') });
    await assert.rejects(server.client.send(missing));
    const series = await untilMeasured();
    const oneOf = (name: string, labels = {}) => valuesOf(series, name).get(JSON.stringify(sorted(labels)));
    assert.equal(oneOf('proscenium_media_workers'), 1);
    assert.ok((oneOf('proscenium_media_worker_cpu_seconds_total', { worker: '0' }) ?? 0) > 0);
    assert.ok((oneOf('proscenium_media_worker_resident_memory_bytes', { worker: '0' }) ?? 0) > 1e6);
    assert.ok((oneOf('proscenium_http_requests_total', { operation: 'GetStage', status: '200' }) ?? 0) >= 1);
    assert.equal(
      oneOf('proscenium_api_errors_total', { operation: 'GetStage', error: 'ResourceNotFoundException' }),
      1,
    );
    assert.equal(oneOf('proscenium_participant_events_total', { name: 'PUBLISH_STARTED', error_code: '' }), 2);
    assert.ok((oneOf('proscenium_database_write_duration_seconds_count') ?? 0) > 0);
    assert.ok((oneOf('proscenium_outbox_pending', { target: 'hook' }) ?? 0) > 0);
    assert.ok((oneOf('process_resident_memory_bytes') ?? 0) > 1e7);
  });

  it('tells nothing that is secret or says who somebody is', async () => {
    await untilMeasured();
    const text = await scrape();
    const secrets = [...['alice', 'bob', 'carol'].map((userId) => stage.invited(userId).token), bearerToken];
    for (const secret of [...secrets, 'alice', 'seat']) assert.ok(!text.includes(secret), secret);
  });

  it('refuses whoever has no token', async () => {
    const response = await fetch(`${server.endpoint}/metrics`);
    assert.equal(response.status, 401);
  });

  it('exposes every metric of the documentation, and no other one, as it is described there', async () => {
    await untilMeasured();
    const documented = await readDocumentation();
    const exposed = new Map<string, string>();
    const text = await scrape('text/plain');
    for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) exposed.set(name, type);
    assert.deepEqual(
      [...documented].map(([name, { type }]) => `${name} ${type}`).sort(),
      [...exposed].map(([name, type]) => `${name} ${type}`).sort(),
    );
    for (const { name, labels } of readSeries(text)) {
      const metric = documented.get(name) ?? documented.get(name.replace(/_(bucket|sum|count)$/, ''));
      const known = [...(metric?.labels ?? []), 'account', 'region', 'le'];
      for (const label of Object.keys(labels)) assert.ok(known.includes(label), `${name} has ${label}`);
    }
  });

  it('has every metric that the board of Grafana names', async () => {
    const series = await untilMeasured();
    const names = new Set(series.map(({ name }) => name));
    const described = new Set((await scrape('text/plain')).match(/(?<=^# TYPE )\S+/gm));
    const dashboards = path.join(root, 'deploy/grafana/dashboards');
    const files = await readdir(dashboards);
    assert.deepEqual(files, ['proscenium.json']);
    // Counts of what has not happened here.
    const mayBeEmpty = new Set(['proscenium_trace_spans_total', 'proscenium_limits_hit_total']);
    for (const file of files) {
      const board = JSON.parse(await readFile(path.join(dashboards, file), 'utf8'));
      const queries = [...expressions(board)];
      assert.ok(queries.length > 20);
      for (const query of queries) {
        const named = query.match(/\b(ivs_realtime|proscenium|process)_\w+/g) ?? [];
        assert.ok(named.length > 0, query);
        for (const name of named) {
          assert.ok(names.has(name) || (mayBeEmpty.has(name) && described.has(name)), name);
        }
      }
    }
  });

  it('is written as the checker of Prometheus wants it', { skip: prometheusMissing }, async () => {
    await untilMeasured();
    const text = await scrape('text/plain');
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    assert.equal(status, 0, `${stdout}${stderr}`);
    assert.equal(`${stdout}${stderr}`, '');
  });

  it('is read by Prometheus, as OpenMetrics', { skip: prometheusMissing }, async (t) => {
    const { host } = new URL(server.endpoint);
    const file = path.join(folder, 'prometheus.yml');
    const job = `{ job_name: proscenium, authorization: { credentials: ${bearerToken} }, static_configs: [{ targets: ["${host}"] }] }`;
    await writeFile(file, `{ global: { scrape_interval: 1s }, scrape_configs: [${job}] }`);
    const prometheus = await startPrometheus(t, file, path.join(folder, 'prometheus'));
    const [target] = await until(
      () => prometheus.targets(),
      ([first]) => first !== undefined && first.health !== 'unknown',
    );
    assert.deepEqual([target?.health, target?.lastError], ['up', '']);
    const query = `ivs_realtime_publishers{stage="${stageId}"}`;
    const value = await until(
      () => prometheus.query(query),
      (found) => found !== undefined,
    );
    assert.equal(value, '2');
    assert.equal(await prometheus.query('ivs_realtime_subscribers{stage!="",participant=""}'), '2');
    assert.equal(await prometheus.typeOf('proscenium_http_requests_total'), 'counter');
  });

  it('traces a publish to its first packet, in the trace of its request', async () => {
    const alice = stage.invited('alice').participantId;
    const trace = await untilTrace('publish', alice);
    const publish = trace.find(({ name }) => name === 'publish');
    assert.equal(publish?.traceId, '4bf92f3577b34da6a3ce929d0e0e4736');
    assert.equal(publish?.parentSpanId, '00f067aa0ba902b7');
    assert.equal(publish?.status.code, 0);
    const parts = trace.filter(({ parentSpanId }) => parentSpanId === publish?.spanId);
    const names = new Set(parts.map(({ name }) => name));
    for (const name of ['token.verify', 'admission', 'store.write', 'sfu.negotiate', 'connect', 'first packet']) {
      assert.ok(names.has(name), `${name} is not among ${[...names].join(', ')}`);
    }
    for (const part of parts) assert.ok(part.startTimeUnixNano >= (publish?.startTimeUnixNano ?? ''), part.name);
    const [connect, packet] = ['connect', 'first packet'].map((name) => parts.find((part) => part.name === name));
    assert.ok((connect?.endTimeUnixNano ?? '') <= (packet?.endTimeUnixNano ?? ''));
    assert.equal(packet?.endTimeUnixNano.slice(0, -7), publish?.endTimeUnixNano.slice(0, -7));
  });

  it('traces a join by socket and what is subscribed to over it as one', async () => {
    const bob = stage.invited('bob').participantId;
    const trace = await untilTrace('subscribe', bob);
    const names = trace.map(({ name }) => name);
    const join = trace.find(({ name }) => name === 'join');
    const subscribe = trace.find(({ name }) => name === 'subscribe');
    assert.ok(join && subscribe, names.join(', '));
    assert.equal(subscribe.parentSpanId, join.spanId);
    const parts = trace.filter(({ parentSpanId }) => parentSpanId === subscribe.spanId).map(({ name }) => name);
    assert.deepEqual(parts.sort(), ['connect', 'first packet', 'sfu.negotiate']);
  });

  it('traces a POSTed subscription', async () => {
    const carol = stage.invited('carol').participantId;
    const trace = await untilTrace('subscribe', carol);
    const subscribe = trace.find(({ name }) => name === 'subscribe');
    assert.equal(subscribe?.parentSpanId, undefined);
    assert.equal(subscribe?.status.code, 0);
    const said = Object.fromEntries(
      subscribe?.attributes.map(({ key, value }) => [key, Object.values(value)[0]]) ?? [],
    );
    assert.equal(said['http.route'], '/whip/:stageId/subscribe/:participantId');
    assert.equal(said['http.response.status_code'], '201');
  });

  it('traces a refusal as such, and says no secret', async () => {
    const url = `${stage.whipUrl}/subscribe/nobody-here`;
    await assert.rejects(
      subscribeByPost(post(url, stage.invited('dave').token, {}), ['video'], {
        identity: await createIdentity(),
        openEveryPictures: 30,
      }),
    );
    const trace = await untilTrace('subscribe', stage.invited('dave').participantId);
    assert.equal(trace.find(({ name }) => name === 'subscribe')?.status.code, 2);
    const text = JSON.stringify(spans);
    for (const userId of ['alice', 'bob', 'carol', 'dave']) assert.ok(!text.includes(stage.invited(userId).token));
  });

  /** All spans of the trace with a span of this name and participant. */
  async function untilTrace(name: string, participantId: string): Promise<Span[]> {
    const isWanted = (span: Span) =>
      span.name === name && span.attributes.some(({ value }) => value.stringValue === participantId);
    await until(
      async () => spans.some(isWanted),
      (isThere) => isThere,
    );
    const traceId = spans.find(isWanted)?.traceId;
    return spans.filter((span) => span.traceId === traceId);
  }

  it('takes the series of a participant away when it leaves', async () => {
    await Promise.all(ends.map((end) => end()));
    ends = [];
    const series = await until(allSeries, (all) => !all.some(({ labels }) => labels.stage !== undefined));
    assert.deepEqual([...valuesOf(series, 'ivs_realtime_concurrent_publishers')], [['{}', 0]]);
    assert.deepEqual([...valuesOf(series, 'proscenium_participants')], [['{}', 0]]);
  });
});

interface PrometheusTarget {
  readonly health: string;
  readonly lastError: string;
}

/** A Prometheus of the test's own. */
async function startPrometheus(t: TestContext, configFile: string, dataFolder: string) {
  const listen = `127.0.0.1:${await freePort()}`;
  const options = [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${dataFolder}`,
    `--web.listen-address=${listen}`,
  ];
  const program = spawn('prometheus', options, { stdio: 'ignore' });
  const ended = once(program, 'exit');
  t.after(async () => {
    program.kill();
    await ended;
  });
  const ask = async (question: string) => {
    const answer = await fetch(`http://${listen}/api/v1/${question}`).catch(() => undefined);
    return answer?.ok ? ((await answer.json()) as { data: unknown }).data : undefined;
  };
  return {
    targets: async () => {
      const data = (await ask('targets')) as { activeTargets: PrometheusTarget[] } | undefined;
      return data?.activeTargets ?? [];
    },
    query: async (text: string) => {
      const data = (await ask(`query?query=${encodeURIComponent(text)}`)) as { result: { value: [number, string] }[] };
      return data?.result[0]?.value[1];
    },
    typeOf: async (metric: string) => {
      const data = (await ask(`metadata?metric=${metric.replace(/_total$/, '')}`)) as Record<
        string,
        { type: string }[]
      >;
      return Object.values(data).flat()[0]?.type;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Posts an offer with headers of its own. */
function post(url: string, token: string, headers: Record<string, string>): Signalling {
  return async (offer) => {
    const bearer = { authorization: `Bearer ${token}` };
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/sdp', ...headers },
      body: offer,
    });
    const answer = await response.text();
    if (response.status !== 201) throw new Error(`${response.status}: ${answer}`);
    const resource = response.headers.get('location') ?? '';
    return { answer, end: async () => void (await fetch(resource, { method: 'DELETE', headers: bearer })) };
  };
}

function readSeries(text: string): Series[] {
  return text.split('\n').flatMap((line): Series[] => {
    if (line === '' || line.startsWith('#')) return [];
    const [, name, list = '', value] = /^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    assert.ok(name !== undefined && value !== undefined, line);
    assert.ok(Number.isFinite(Number(value)), line);
    const labels = [...list.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [label, text]);
    return [{ name, labels: Object.fromEntries(labels), value: Number(value) }];
  });
}

function sorted(labels: object): object {
  return Object.fromEntries(Object.entries(labels).sort(([one], [other]) => one.localeCompare(other)));
}

function* expressions(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === 'expr' && typeof member === 'string') yield member;
    else yield* expressions(member);
  }
}

const labelsOfDimensions: Readonly<Record<string, string>> = {
  Stage: 'stage',
  Participant: 'participant',
  Platform: 'platform',
  SDKVersion: 'sdk_version',
  SimulcastLayer: 'simulcast_layer',
  MediaType: 'media_type',
  SubscriberCountryCode: 'subscriber_country_code',
};

/** The two tables of docs/metrics.md: by name, with type and labels. */
async function readDocumentation(): Promise<Map<string, { type: string; labels: string[] }>> {
  const text = await readFile(path.join(root, 'docs/metrics.md'), 'utf8');
  const rows = text.split('\n').flatMap((line) => {
    const [, name, second = '', third = ''] =
      /^\| `((?:ivs_realtime|proscenium|process)_\w+)` \| (.*?) \| (.*?) \|/.exec(line) ?? [];
    if (name === undefined) return [];
    const ofService = name.startsWith('ivs_realtime_');
    const dimensions = third.split(/[;+] ?/).flatMap((dimension) => labelsOfDimensions[dimension] ?? []);
    const labels = ofService ? dimensions : [...third.matchAll(/`(\w+)`/g)].flatMap(([, label]) => label ?? []);
    return [[name, { type: ofService ? 'gauge' : second, labels }] as const];
  });
  const documented = new Map(rows);
  assert.equal(documented.size, rows.length, 'no metric stands there twice');
  return documented;
}
