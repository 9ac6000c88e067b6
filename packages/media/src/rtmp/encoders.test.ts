import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { NAL_UNIT_TYPE, nalUnitType, splitByteStream } from '../rtp/nal-unit.ts';
import { createCertificate, Listener } from './session.fixture.ts';

const run = promisify(execFile);
const KEY = 'rt_111122223333_local_aBcDeFgHiJkL_secret';
const PICTURES = 60;
const GROUP = 15;

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'proscenium-rtmp-'));
});
after(() => rmSync(folder, { recursive: true }));

/** Two seconds of test picture and tone. */
function encode(audioRateHz: number, ...outputs: string[]): Promise<unknown> {
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=30:duration=${PICTURES / 30}`];
  const tone = ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=${audioRateHz}:duration=${PICTURES / 30}`];
  const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-bf', '0', '-g', String(GROUP)];
  const encoders = [...x264, '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '64k', '-flags', '+global_header'];
  return run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...picture, ...tone, ...encoders, ...outputs]);
}

describe('FFmpeg publishes', () => {
  for (const { protocol, audioRateHz } of [
    { protocol: 'rtmp', audioRateHz: 44_100 },
    { protocol: 'rtmps', audioRateHz: 48_000 },
  ] as const) {
    it(`by ${protocol}, and every picture comes as it was encoded`, async () => {
      const tls = protocol === 'rtmps' ? createCertificate(folder) : undefined;
      await using listener = await Listener.open({}, tls);
      const kept = path.join(folder, `${protocol}.h264`);
      const url = `${protocol}://127.0.0.1:${listener.port}/app/${KEY}`;
      const outputs = `[f=flv]${url}|[select=v:f=h264:bsfs/v=dump_extra]${kept}`;
      const done = encode(audioRateHz, '-map', '0:v', '-map', '1:a', '-f', 'tee', outputs);
      const heard = await listener.session();
      const request = await heard.published;
      assert.equal(request.app, 'app');
      assert.equal(request.streamKey, KEY);
      assert.match(request.encoder ?? '', /Lavf/);
      heard.session.accept();
      assert.equal((await heard.ended).reason, 'unpublished');
      await done;

      const [configuration, ...pictures] = heard.video;
      assert.ok(configuration?.kind === 'config');
      const sent = pictures.flatMap((tag) => (tag.kind === 'picture' ? [tag] : []));
      assert.equal(sent.length, PICTURES);
      assert.deepEqual(
        sent.flatMap(({ keyFrame }, index) => (keyFrame ? [index] : [])),
        Array.from({ length: PICTURES / GROUP }, (_, group) => group * GROUP),
      );
      assert.ok(sent.every(({ compositionTimeMs }) => compositionTimeMs === 0));
      const firstMs = sent[0]?.timestampMs ?? Number.NaN;
      for (const [index, { timestampMs }] of sent.entries()) {
        assert.ok(Math.abs(timestampMs - firstMs - (index * 1_000) / 30) <= 1);
      }

      const file = splitByteStream(readFileSync(kept));
      const ofType = (type: number) => file.find((unit) => nalUnitType(unit) === type);
      assert.deepEqual(configuration.sps, [ofType(NAL_UNIT_TYPE.sequenceParameterSet)]);
      assert.deepEqual(configuration.pps, [ofType(NAL_UNIT_TYPE.pictureParameterSet)]);
      const slices = (units: readonly Buffer[]) =>
        units.filter((unit) => nalUnitType(unit) <= NAL_UNIT_TYPE.idrSlice).map((unit) => unit.toString('base64'));
      assert.deepEqual(slices(sent.flatMap(({ nalUnits }) => nalUnits)), slices(file));

      const [audioConfiguration, ...frames] = heard.audio;
      assert.ok(audioConfiguration?.kind === 'config');
      assert.equal(audioConfiguration.audioSpecificConfig.readUInt16BE(), audioRateHz === 48_000 ? 0x1188 : 0x1208);
      assert.ok(frames.length >= Math.floor((audioRateHz * 2) / 1_024), `${frames.length} frames`);
      assert.equal(heard.metadata[0]?.width, 320);
      assert.equal(heard.session.unreadableMessages, 0);
    });
  }

  it('and is told why not, when it is refused', async () => {
    await using listener = await Listener.open();
    const done = encode(48_000, '-f', 'flv', `rtmp://127.0.0.1:${listener.port}/app/${KEY}`);
    const heard = await listener.session();
    await heard.published;
    heard.session.refuse('NetStream.Publish.BadName', 'No such stream key');
    await assert.rejects(done, /Server error: No such stream key/);
    assert.equal((await heard.ended).reason, 'refused');
    await heard.closed;
  });

  it('and notices when it is cut off', async () => {
    await using listener = await Listener.open();
    const done = encode(48_000, '-f', 'flv', `rtmp://127.0.0.1:${listener.port}/app/${KEY}`);
    const heard = await listener.session();
    await heard.published;
    heard.session.once('video', () => heard.session.refuse('NetStream.Publish.Denied', 'B-frames are not taken'));
    heard.session.accept();
    await assert.rejects(done);
    assert.equal((await heard.ended).reason, 'refused');
    assert.equal(heard.video.length, 1);
  });
});

const PLAY = `
import sys
import gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst
Gst.init(None)
pipeline = Gst.parse_launch(sys.argv[1])
pipeline.set_state(Gst.State.PLAYING)
ends = Gst.MessageType.EOS | Gst.MessageType.ERROR
message = pipeline.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE, ends)
pipeline.set_state(Gst.State.NULL)
if message.type == Gst.MessageType.ERROR:
    sys.exit(str(message.parse_error()))
`;

/** Plays a pipeline of GStreamer's to its end. */
function play(sink: string): Promise<unknown> {
  const picture = `videotestsrc num-buffers=${PICTURES} ! video/x-raw,width=320,height=180,framerate=30/1`;
  const tone = 'audiotestsrc num-buffers=86 samplesperbuffer=1024 ! audio/x-raw,rate=44100,channels=2';
  const branches = [
    `${picture} ! x264enc speed-preset=ultrafast tune=zerolatency bframes=0 key-int-max=${GROUP} ! h264parse ! mux.`,
    `${tone} ! avenc_aac ! aacparse ! mux.`,
    `flvmux name=mux streamable=true ! ${sink}`,
  ];
  return run('/usr/bin/python3', ['-c', PLAY, branches.join(' ')], { timeout: 60_000 });
}

describe('GStreamer publishes', () => {
  for (const { what, protocol, sink } of [
    { what: 'by code of its own', protocol: 'rtmp', sink: (url: string) => `rtmp2sink sync=false location=${url}` },
    {
      what: 'by code of its own and TLS',
      protocol: 'rtmps',
      sink: (url: string) => `rtmp2sink sync=false tls-validation-flags=0 location=${url}`,
    },
    {
      what: 'by librtmp, as OBS does',
      protocol: 'rtmp',
      sink: (url: string) => `rtmpsink sync=false location="${url} live=1"`,
    },
  ]) {
    it(what, async () => {
      await using listener = await Listener.open({}, protocol === 'rtmps' ? createCertificate(folder) : undefined);
      const done = play(sink(`${protocol}://127.0.0.1:${listener.port}/app/${KEY}`));
      const heard = await listener.session();
      const { app, streamKey } = await heard.published;
      assert.deepEqual([app, streamKey], ['app', KEY]);
      heard.session.accept();
      assert.equal((await heard.ended).reason, 'unpublished');
      await done;
      const pictures = heard.video.flatMap((tag) => (tag.kind === 'picture' ? [tag] : []));
      assert.equal(pictures.length, PICTURES);
      assert.equal(pictures.filter(({ keyFrame }) => keyFrame).length, PICTURES / GROUP);
      assert.deepEqual([heard.video[0]?.kind, heard.audio[0]?.kind], ['config', 'config']);
      assert.ok(heard.audio.length >= 86, `${heard.audio.length} frames`);
      assert.equal(heard.session.unreadableMessages, 0);
    });
  }

  it('and is told why not, when it is refused', async () => {
    await using listener = await Listener.open();
    const done = play(`rtmp2sink location=rtmp://127.0.0.1:${listener.port}/app/${KEY}`);
    const heard = await listener.session();
    await heard.published;
    heard.session.refuse('NetStream.Publish.BadName', 'No such stream key');
    await assert.rejects(done, /No such stream key/);
    await heard.closed;
  });
});
