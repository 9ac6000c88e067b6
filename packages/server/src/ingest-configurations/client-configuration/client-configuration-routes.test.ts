import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Body, openControlPlane } from '../../control-plane.fixture.ts';
import { HandClock } from '../../hand-clock.fixture.ts';
import { silentLogger } from '../../http/api-server.fixture.ts';
import { createHttpServer } from '../../http/http-server.ts';
import type { EncoderEndpoints } from '../../stages/endpoints.ts';
import { createIngestConfiguration, createStage } from '../ingest-configurations.fixture.ts';
import { clientConfigurationRoutes } from './client-configuration-routes.ts';

const URL = '/api/v3/GetClientConfiguration';
const RTMP = 'rtmp://stages.example.com:1935/app/';
const RTMPS = 'rtmps://stages.example.com:1936/app/';

async function open(t: TestContext, endpoints: EncoderEndpoints = { rtmp: RTMP, rtmps: RTMPS }, isTrusted = true) {
  const plane = await openControlPlane(t);
  const clock = new HandClock('2026-01-01T00:00:00Z');
  const app = createHttpServer({ clock, logger: silentLogger });
  t.after(() => app.close());
  const limits = { publishPixels: 1_280 * 720, publishBitrateBps: 8_500_000 };
  const { db } = plane.store;
  await app.register(clientConfigurationRoutes, { hosts: ['localhost'], clock, db, endpoints, isTrusted, limits });
  const post = (payload: object | string) =>
    app.inject({
      method: 'POST',
      url: URL,
      headers: { host: 'localhost', 'content-type': 'application/json' },
      payload,
    });
  const ask = async (payload: object): Promise<Body> => {
    const answer = await post(payload);
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json();
  };
  return { plane, app, post, ask, clock };
}

/** What OBS says. */
function question(authentication: string, changes: object = {}): object {
  return {
    service: 'IVS',
    schema_version: '2025-01-25',
    authentication,
    client: { name: 'obs-studio', version: '32.0.4', supported_codecs: ['h264', 'av1'] },
    capabilities: {
      cpu: { logical_cores: 16, physical_cores: 8, name: null, speed: 3800 },
      memory: { total: 34265075712, free: 15091892224 },
      gaming_features: null,
      system: {
        name: 'Windows',
        version: '10.0',
        release: '23H2',
        revision: 1,
        build: 2,
        bits: 64,
        arm: false,
        armEmulation: false,
      },
      gpu: null,
    },
    preferences: {
      canvases: [
        {
          canvas_width: 3840,
          canvas_height: 2160,
          width: 1920,
          height: 1080,
          framerate: { numerator: 30, denominator: 1 },
        },
      ],
      composition_gpu_index: 0,
      maximum_aggregate_bitrate: null,
      maximum_video_tracks: null,
      vod_track_audio: true,
    },
    ...changes,
  };
}

async function keyOf(plane: Parameters<typeof createStage>[0], input: object = {}): Promise<string> {
  const { arn } = await createStage(plane);
  const { streamKey } = await createIngestConfiguration(plane, { stageArn: arn, ...input });
  return streamKey;
}

test('an encoder with a stream key is told what to send, and where', async (t) => {
  const { plane, ask } = await open(t);
  const streamKey = await keyOf(plane);
  const { meta, status, ...told } = await ask(question(`${streamKey}?bandwidthtest=true`));
  assert.deepEqual([meta.service, meta.schema_version, status], ['IVS', '2024-06-04', { result: 'success' }]);
  assert.deepEqual(told.ingest_endpoints, [
    { protocol: 'RTMPS', url_template: `${RTMPS}{stream_key}`, authentication: streamKey },
  ]);
  assert.deepEqual(
    told.encoder_configurations.map(({ type, width, height, framerate }: Body) => [type, width, height, framerate]),
    [
      ['obs_x264', 1280, 720, { numerator: 30, denominator: 1 }],
      ['obs_x264', 640, 360, { numerator: 30, denominator: 1 }],
      ['obs_x264', 320, 180, { numerator: 30, denominator: 2 }],
    ],
  );
  for (const { settings, bitrate_interpolation_points: points } of told.encoder_configurations) {
    const { bf, keyint_sec, profile, rate_control, bitrate } = settings;
    assert.deepEqual([bf, keyint_sec, profile, rate_control], [0, 2, 'baseline', 'CBR']);
    assert.equal(points.at(-1), bitrate);
  }
  assert.deepEqual(told.audio_configurations, {
    live: [{ codec: 'aac', channels: 2, track_id: 1, settings: { bitrate: 128 } }],
  });
  const again = await ask(question(streamKey));
  assert.notEqual(again.meta.config_id, meta.config_id);
});

test('what the encoder is, and what it would like, is obeyed', async (t) => {
  const { plane, ask } = await open(t);
  const streamKey = await keyOf(plane);
  const preferences = {
    width: 854,
    height: 480,
    framerate: { numerator: 25, denominator: 1 },
    maximum_video_tracks: 1,
    maximum_aggregate_bitrate: 1_000,
  };
  const [track, ...others] = (await ask(question(streamKey, { preferences }))).encoder_configurations;
  assert.deepEqual([track.width, track.framerate.numerator, others], [854, 25, []]);
  assert.ok(track.settings.bitrate <= 1_000 - 128);
  const capabilities = { gpu: [{ model: 'A card', vendor_id: 4318, device_id: 1 }] };
  const [nvidia] = (await ask(question(streamKey, { capabilities }))).encoder_configurations;
  assert.deepEqual([nvidia.type, nvidia.settings.bf, nvidia.settings.profile], ['obs_nvenc_h264_tex', 0, 'baseline']);
});

test('unencrypted addresses are for keys that are good there, and stand first where RTMPS is not trusted', async (t) => {
  const protocols = async ({ plane, ask }: Awaited<ReturnType<typeof open>>) => {
    const told = await ask(question(await keyOf(plane, { insecureIngest: true })));
    return told.ingest_endpoints.map(({ protocol }: Body) => protocol);
  };
  assert.deepEqual(await protocols(await open(t)), ['RTMPS', 'RTMP']);
  assert.deepEqual(await protocols(await open(t, { rtmp: RTMP, rtmps: RTMPS }, false)), ['RTMP', 'RTMPS']);
  const plain = await open(t, { rtmp: RTMP });
  assert.deepEqual(await protocols(plain), ['RTMP']);
  const { status } = await plain.ask(question(await keyOf(plain.plane)));
  assert.deepEqual([status.result, /RTMPS/.test(status.html_en_us)], ['error', true]);
});

test('either key of redundant ingest is good, for the one track that both encoders share', async (t) => {
  const { plane, ask } = await open(t);
  const { arn } = await createStage(plane);
  const { redundantIngestCredentials } = await createIngestConfiguration(plane, {
    stageArn: arn,
    redundantIngest: true,
  });
  for (const { streamKey } of redundantIngestCredentials) {
    const { ingest_endpoints: endpoints, encoder_configurations: tracks } = await ask(question(streamKey));
    assert.deepEqual([endpoints[0].authentication, tracks.length], [streamKey, 1]);
  }
});

test('whoever has no good key is told no more than that', async (t) => {
  const { plane, ask } = await open(t);
  const streamKey = await keyOf(plane);
  const detached = await createIngestConfiguration(plane);
  const told: [string, object | undefined, RegExp][] = [
    [`${streamKey}x`, undefined, /^The stream key is not known\.$/],
    ['<b>nothing</b>', undefined, /^The stream key is not known\.$/],
    [detached.streamKey, undefined, /attached to no stage/],
    [streamKey, { client: { name: 'a', version: '1', supported_codecs: ['av1'] } }, /H\.264/],
    [streamKey, { preferences: { width: 200, height: 100 } }, /below what stages take/],
  ];
  for (const [key, changes, words] of told) {
    const answer = await ask(question(key, changes));
    assert.equal(answer.status.result, 'error');
    assert.match(answer.status.html_en_us, words);
    assert.deepEqual([answer.ingest_endpoints, answer.encoder_configurations], [[], []]);
  }
});

test('a request that is not valid is told which part of it, and nothing that stands in it', async (t) => {
  const { plane, post } = await open(t);
  const streamKey = await keyOf(plane);
  const faults: [object | string, RegExp][] = [
    ['{', /must be JSON/],
    ['[]', /the body must be an object/],
    [question(streamKey, { service: 'Twitch' }), /service must be IVS/],
    [question(streamKey, { schema_version: 'newest' }), /schema_version must be a date/],
    [question(''), /authentication must be a text/],
    [question('x'.repeat(513)), /authentication must be a text/],
    [question(streamKey, { client: undefined }), /client must be an object/],
    [question(streamKey, { client: { name: '', version: '1' } }), /name must be a text/],
    [question(streamKey, { capabilities: null }), /capabilities must be an object/],
    [question(streamKey, { capabilities: { gpu: {} } }), /gpu must be a list/],
    [question(streamKey, { preferences: { width: 0 } }), /width must be a whole number from 1/],
    [
      question(streamKey, { preferences: { maximum_video_tracks: 1.5 } }),
      /maximum_video_tracks must be a whole number/,
    ],
    [question(streamKey, { preferences: { framerate: { numerator: -1 } } }), /numerator must be a whole number/],
  ];
  for (const [payload, words] of faults) {
    const answer = await post(payload);
    assert.equal(answer.statusCode, 400, String(words));
    assert.match(answer.json().status.html_en_us, words);
    assert.ok(!answer.body.includes(streamKey));
  }
  assert.equal((await post(question(streamKey, { filler: 'x'.repeat(70_000) }))).statusCode, 413);
});

test('an address that asks too often waits', async (t) => {
  const { post, clock } = await open(t);
  const codes = await Promise.all(Array.from({ length: 101 }, async () => (await post(question('key'))).statusCode));
  assert.deepEqual([codes.filter((code) => code === 200).length, codes.at(-1)], [100, 429]);
  clock.advance(1_000);
  assert.equal((await post(question('key'))).statusCode, 200);
});

test('the list of ingests has what there is, for whoever asks by a name of the server', async (t) => {
  const find = async ({ app }: Awaited<ReturnType<typeof open>>, host = 'localhost') =>
    app.inject({ url: '/api/v2/FindIngest', headers: { host } });
  const { ingests } = (await find(await open(t))).json();
  assert.deepEqual(
    [ingests.length, ingests[0].url_template, ingests[0].url_template_secure, ingests[0].default],
    [1, `${RTMP}{stream_key}`, `${RTMPS}{stream_key}`, true],
  );
  assert.deepEqual((await find(await open(t, {}))).json(), { ingests: [] });
  assert.equal((await find(await open(t), 'elsewhere.example')).statusCode, 421);
});
