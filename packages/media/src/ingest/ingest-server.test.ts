import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { RtmpPublisher } from '../rtmp/index.ts';
import { encodeH264 } from '../rtp/encode.fixture.ts';
import { NAL_UNIT_TYPE, nalUnitType } from '../rtp/index.ts';
import { readNtpTime } from '../rtp/rtcp.ts';
import { encodeAac } from './aac.fixture.ts';
import { Encoder, type Encoding } from './encoder.fixture.ts';
import { IngestServer } from './ingest-server.ts';
import { Stand } from './ingest-stand.fixture.ts';
import type { IngestRefusal } from './messages.ts';
import { pictures, sounds } from './sent-media.fixture.ts';
import { Viewer } from './viewer.fixture.ts';

const GUARD_MS = 60_000;
const HOST = '127.0.0.1';
const { accessUnitDelimiter, sequenceParameterSet, pictureParameterSet } = NAL_UNIT_TYPE;

/** As the SFU's worker tells it. */
interface SenderReportInfo {
  readonly ntpSec: number;
  readonly ntpFrac: number;
  readonly rtpTs: number;
}

describe('an ingest server', { timeout: 2 * GUARD_MS, concurrency: 4 }, () => {
  const stand = new Stand();
  before(() => stand.open());
  after(() => stand.close());

  it('brings the streams of an encoder into a stage by RTMP', async (t) => {
    const { publisher, connection } = await stand.publish(t, 'RTMP', { sound: 'sine=frequency=440:sample_rate=44100' });
    assert.deepEqual([connection.protocol, connection.app, connection.remoteAddress], ['RTMP', 'app', HOST]);
    assert.match(connection.encoder ?? '', /Lavf/);
    const viewer = await Viewer.watch(publisher);
    await viewer.has(60);
    for (const [index, { units, keyFrame }] of viewer.units.video.entries()) {
      const kinds = units.map(nalUnitType);
      assert.ok(!kinds.includes(accessUnitDelimiter));
      if (keyFrame) assert.deepEqual(kinds.slice(0, 2), [sequenceParameterSet, pictureParameterSet]);
      else assert.notEqual(index, 0);
    }
    const keyFrames = () => viewer.units.video.filter(({ keyFrame }) => keyFrame).length;
    while (keyFrames() < 3) await once(viewer, 'unit');
    const times = viewer.units.audio.map(({ rtpTime }) => rtpTime);
    // A viewer on a busy machine loses packets, which moves no others.
    for (const [index, time] of times.entries()) {
      const elapsed = (time - (times[index - 1] ?? time)) >>> 0;
      assert.equal(elapsed % 960, 0);
      assert.ok(elapsed < 48_000 * 60);
    }
    const [facts] = publisher.video.values();
    assert.deepEqual([facts?.width, facts?.height], [640, 360]);
  });

  it('brings them by RTMPS, and tells what comes', async (t) => {
    const { publisher, connection } = await stand.publish(t, 'RTMPS', { options: ['-ac', '1'] });
    assert.equal(connection.protocol, 'RTMPS');
    await (await Viewer.watch(publisher)).has(30);
    if (publisher.streams[1]?.framesPerSecond === undefined) await once(connection, 'sampled');
    assert.ok(Math.abs((publisher.streams[1]?.framesPerSecond ?? 0) - 30) < 1);
  });

  it('tells when sound and picture were made, by one clock', async (t) => {
    const { publisher } = await stand.publish(t, 'RTMP');
    const offsets = [...publisher.producers.values()].map(async (producer) => {
      await producer.enableTraceEvent(['sr']);
      const [{ info }] = (await once(producer, 'trace')) as [{ info: SenderReportInfo }];
      const wallClockMs = readNtpTime(info.ntpSec, info.ntpFrac) ?? 0;
      return wallClockMs - (1_000 * info.rtpTs) / (producer.kind === 'video' ? 90_000 : 48_000);
    });
    const [audioMs = 0, videoMs = 0] = await Promise.all(offsets);
    assert.ok(Math.abs(audioMs - videoMs) < 2);
    const cnames = [...publisher.producers.values()].map(({ rtpParameters }) => rtpParameters.rtcp?.cname);
    assert.ok(cnames[0] && cnames[0] === cnames[1]);
  });

  it('ends with the encoder', async (t) => {
    const { encoder, publisher, ended } = await stand.publish(t, 'RTMP');
    await (await Viewer.watch(publisher)).has(5);
    await encoder.stop();
    assert.deepEqual(await ended, ['hangup']);
  });

  it('cuts an encoder off when its publisher is closed', async (t) => {
    const { encoder, publisher } = await stand.publish(t, 'RTMP');
    publisher.close();
    assert.notEqual(await encoder.ended(), 0);
  });

  it('refuses whom it is told to', async (t) => {
    const refusal: IngestRefusal = { code: 'NetStream.Publish.BadName', description: 'There is no such stream key' };
    const { encoder, connection } = await stand.attempt(t, 'RTMP', {}, async () => refusal);
    assert.notEqual(await encoder.ended(), 0);
    assert.ok(connection.ended);
  });

  it('refuses whom nobody can judge, and tells why that is', async (t) => {
    const failed = once(stand.server, 'failed');
    const { encoder } = await stand.attempt(t, 'RTMP', {}, () => Promise.reject(new Error('no store')));
    assert.notEqual(await encoder.ended(), 0);
    assert.match(String(await failed), /no store/);
  });

  it('lets go who speaks no TLS where there is to be some', async () => {
    const encoder = new Encoder(stand.url('RTMPS').replace('rtmps', 'rtmp'));
    assert.notEqual(await encoder.ended(), 0);
  });

  it('tells of B-frames', async (t) => {
    const { publisher } = await stand.publish(t, 'RTMP', { options: ['-tune:v', 'animation', '-bf', '2'] });
    while (![...publisher.video.values()].some((facts) => facts.codec === 'h264' && facts.bFrames)) {
      await once(publisher, 'video');
    }
  });

  const invalid: [what: string, violation: string, encoding: Encoding][] = [
    ['another video codec', 'INVALID_VIDEO_CODEC', { options: ['-c:v', 'flv1'] }],
    ['another audio codec', 'INVALID_AUDIO_CODEC', { options: ['-c:a', 'libmp3lame', '-ar', '44100'] }],
    ['another sample rate', 'INVALID_AUDIO_CODEC', { options: ['-ar', '32000'] }],
    ['no picture', 'INVALID_INPUT', { picture: undefined }],
    ['no sound', 'INVALID_INPUT', { sound: undefined }],
  ];
  for (const [what, violation, encoding] of invalid) {
    it(`cuts off an encoder with ${what}, and says so`, async (t) => {
      const { encoder, violated, ended } = await stand.publish(t, 'RTMP', encoding);
      assert.deepEqual(await violated, [violation]);
      await ended;
      assert.notEqual(await encoder.ended(), 0);
    });
  }
});

describe('the program of an ingest server', { timeout: 2 * GUARD_MS }, () => {
  it('is started again when it dies, on the same ports', async (t) => {
    const stand = new Stand();
    await stand.open();
    t.after(() => stand.close());
    const { server } = stand;
    const { ports } = server;
    const first = await stand.publish(t, 'RTMP');
    const died = once(server, 'died');
    const restarted = once(server, 'restarted');
    process.kill(server.pid ?? 0, 'SIGKILL');
    assert.deepEqual(await first.ended, ['lost']);
    await died;
    await restarted;
    assert.deepEqual(server.ports, ports);
    const second = await stand.publish(t, 'RTMPS');
    await (await Viewer.watch(second.publisher)).has(5);
  });

  it('ends when what came of a channel is written and told', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'proscenium-channel-'));
    const video = encodeH264({ frames: 30 });
    const audio = encodeAac('sin(440*2*PI*t)', { sampleRateHz: 48_000, channels: 1, seconds: 1 });
    const told: string[] = [];
    const { promise: seen, resolve: see } = Promise.withResolvers<void>();
    const server = await IngestServer.start({
      host: HOST,
      rtmpPort: 0,
      authorize: async (connection) => {
        connection.writeTo({ folder, rendition: 'source', targetSegmentDurationSeconds: 2, windowSegments: 6 });
        connection.once('facts', () => see());
        connection.on('file', (path) => told.push(path));
        connection.on('ended', (reason) => told.push(reason));
        return undefined;
      },
    });
    t.after(() => server.close());
    t.after(() => rm(folder, { recursive: true }));
    const port = server.ports.RTMP ?? 0;
    const tcUrl = `rtmp://${HOST}:${port}/app`;
    const rtmp = await RtmpPublisher.publish(connect(port, HOST), { app: 'app', streamKey: 'key', tcUrl });
    const asMade = (mediaMs: number) => mediaMs;
    for (const { send } of [...sounds(audio, asMade), ...pictures(video, asMade)]) send(rtmp);
    await seen;
    await server.close();
    assert.deepEqual(told.toSorted(), [
      'closed',
      'media/hls/multivariant.m3u8',
      'media/hls/source/0.mp4',
      'media/hls/source/init-0.mp4',
      'media/hls/source/playlist.m3u8',
    ]);
    assert.equal(told.at(-1), 'closed');
    assert.match(await readFile(join(folder, 'media/hls/source/playlist.m3u8'), 'utf8'), /^0\.mp4$/m);
  });

  it('does not start when its port is taken, or RTMPS has no certificate', async (t) => {
    const other = createServer().listen(0, HOST);
    t.after(() => other.close());
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const authorize = async () => undefined;
    await assert.rejects(IngestServer.start({ host: HOST, rtmpPort: port, authorize }), /EADDRINUSE/);
    await assert.rejects(IngestServer.start({ host: HOST, rtmpsPort: 0, authorize }), /needs a certificate/);
  });
});
