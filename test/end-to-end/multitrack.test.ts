import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { connect } from 'node:tls';
import { CreateIngestConfigurationCommand } from '@aws-sdk/client-ivs-realtime';
import { encodeMultitrackClip, MultitrackEncoder } from '../../packages/media/src/ingest/multitrack.fixture.ts';
import { RtmpPublisher } from '../../packages/media/src/rtmp/index.ts';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type ServerProcess, startServer, withEncoders } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

/** What a server tells an encoder (docs/rtmp.md). */
interface ClientConfiguration {
  readonly status: { readonly result: string };
  readonly ingest_endpoints: readonly {
    readonly protocol: string;
    readonly url_template: string;
    readonly authentication: string;
  }[];
  readonly encoder_configurations: readonly {
    readonly width: number;
    readonly height: number;
    readonly framerate: { readonly numerator: number; readonly denominator: number };
    readonly settings: { readonly bitrate: number };
  }[];
}

const TONE_HZ = 440;
/** Key frames are a second apart. A subscriber who is moved up waits for one, and sees the layer before meanwhile. */
const LONGEST_BREAK_MS = 500;
const SOUND_SECONDS = 60;

describe('an encoder that sends several tracks', { skip: chromiumMissing(), timeout: 120_000 }, () => {
  let server: ServerProcess;
  let chromium: Chromium;

  before(async () => {
    server = await startServer({ env: withEncoders });
    chromium = await launchChromium();
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
  });

  async function configurationFor(streamKey: string): Promise<ClientConfiguration> {
    const body = {
      service: 'IVS',
      schema_version: '2024-06-04',
      authentication: streamKey,
      client: { name: 'an encoder', version: '1', supported_codecs: ['h264'] },
      capabilities: {},
      preferences: { width: 1_280, height: 720, framerate: { numerator: 30, denominator: 1 } },
    };
    const answer = await fetch(new URL('/api/v3/GetClientConfiguration', server.endpoint), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200);
    return (await answer.json()) as ClientConfiguration;
  }

  /** As the server has told it. */
  async function publish(t: TestContext, told: ClientConfiguration): Promise<void> {
    const [endpoint] = told.ingest_endpoints;
    assert.ok(endpoint);
    const url = new URL(endpoint.url_template.replace('rtmps:', 'https:'));
    const clip = encodeMultitrackClip(
      told.encoder_configurations.map(({ width, height, framerate, settings }, trackId) => ({
        trackId,
        size: `${width}x${height}`,
        framesPerSecond: framerate.numerator / framerate.denominator,
        bitrateKbps: settings.bitrate,
      })),
      SOUND_SECONDS,
    );
    // The server's own certificate is trusted by nobody.
    const socket = connect({ host: url.hostname, port: Number(url.port), rejectUnauthorized: false });
    const tcUrl = `rtmps://${url.host}/app`;
    const rtmp = await RtmpPublisher.publish(socket, { app: 'app', streamKey: endpoint.authentication, tcUrl });
    const encoder = new MultitrackEncoder(rtmp, clip);
    t.after(() => encoder.close());
  }

  test('is told what to send, and is seen in the layer that a viewer wishes', async (t) => {
    const stage = await TestStage.create(server, ['viewer']);
    const { ingestConfiguration } = await server.client.send(
      new CreateIngestConfigurationCommand({ stageArn: stage.arn, ingestProtocol: 'RTMPS', userId: 'camera' }),
    );
    const { streamKey = '', participantId = '' } = ingestConfiguration ?? {};
    const told = await configurationFor(streamKey);
    assert.deepEqual([told.status.result, told.ingest_endpoints[0]?.protocol], ['success', 'RTMPS']);
    await publish(t, told);

    const page = await chromium.openPage();
    t.after(() => page.close());
    const decodes = (width: number) =>
      until(
        () => page.stage.received(participantId, 'video'),
        ({ frameWidth }) => frameWidth === width,
      );
    await page.stage.joinStage(stage.invited('viewer').token, { publish: false });
    await decodes(1_280);
    await page.stage.waitForEvent({ name: 'stageStreamLayerSelected', participantId, detail: 'hi BANDWIDTH' });
    await page.stage.watchBreaks(participantId, TONE_HZ);
    assert.ok((await page.stage.hearTone(participantId, { hz: TONE_HZ, seconds: 1 })).heard);

    await page.stage.takeBreaks();
    for (const [label, width] of [
      ['low', 320],
      ['mid', 640],
      [undefined, 1_280],
    ] as const) {
      await page.stage.preferLayer(label);
      await decodes(width);
      const breaks = await page.stage.takeBreaks();
      t.diagnostic(`to ${label ?? 'the best'}: ${JSON.stringify(breaks)}`);
      assert.ok(breaks.pictureMs <= LONGEST_BREAK_MS, `no picture for ${breaks.pictureMs} ms`);
      assert.ok(breaks.quietMs <= LONGEST_BREAK_MS, `no sound for ${breaks.quietMs} ms`);
    }
  });
});
