import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createCertificate, Listener } from '../../rtmp/session.fixture.ts';
import { encodePictures, outputStart } from './encoded-media.fixture.ts';
import { accepted, freePort, heardPictures, KEY, Opened, open } from './rtmp-output.fixture.ts';
import { RtmpOutput } from './rtmp-output.ts';

let folder: string;
let certificate: ReturnType<typeof createCertificate>;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'proscenium-rtmp-output-'));
  certificate = createCertificate(folder);
});
after(() => rmSync(folder, { recursive: true }));

describe('an RTMP output', () => {
  it('sends from the next key frame on, with times from 0, all that is needed to decode it', async () => {
    await using listener = await Listener.open();
    await using opened = open(listener);
    const { composed, output } = opened;
    // Nobody is there for the first ones, and the second group is half over when somebody is.
    composed.give(70);
    const heard = await accepted(listener);
    assert.equal((await heard.published).streamKey, KEY);
    composed.run();
    await opened.reported('ACTIVE');
    const metadata = once(heard.session, 'metadata');
    if (heard.metadata.length === 0) await metadata;
    while (heardPictures(heard).length < 80) await once(heard.session, 'video');
    composed[Symbol.dispose]();
    await output.close();

    assert.equal((await heard.ended).reason, 'unpublished');
    assert.deepEqual(opened.states, ['ACTIVE', 'STOPPED']);
    const { width, height, framerate, videodatarate, audiosamplerate } = heard.metadata[0] ?? {};
    assert.deepEqual([width, height, framerate, videodatarate, audiosamplerate], [320, 180, 30, 500, 48_000]);
    const [config, ...others] = heard.video;
    assert.ok(config?.kind === 'config' && others.every(({ kind }) => kind === 'picture'));
    assert.deepEqual(config.sps, composed.pictures[0]?.config?.sequenceParameterSets);
    assert.deepEqual(config.pps, composed.pictures[0]?.config?.pictureParameterSets);
    const pictures = heardPictures(heard);
    const first = composed.given.findIndex(({ keyFrame }, index) => keyFrame && index >= 70);
    const sent = composed.given.slice(first, first + pictures.length);
    assert.deepEqual(
      pictures.map(({ nalUnits, keyFrame }) => ({ units: nalUnits, keyFrame })),
      sent.map(({ units, keyFrame }) => ({ units, keyFrame })),
    );
    assert.deepEqual(
      pictures.map(({ timestampMs }) => timestampMs),
      sent.map((_, index) => Math.round((index * 1_000) / 30)),
    );
    const [audioConfig, ...frames] = heard.audio;
    assert.ok(audioConfig?.kind === 'config');
    assert.deepEqual(audioConfig.audioSpecificConfig, outputStart().audioSpecificConfig);
    assert.ok(frames.length > 100, `${frames.length} frames`);
    for (const [index, { timestampMs }] of frames.entries()) {
      const exact = (frames[0]?.timestampMs ?? Number.NaN) + (index * 1_024) / 48;
      assert.ok(Math.abs(timestampMs - exact) <= 1, `a frame at ${timestampMs} ms instead of ${exact} ms`);
    }
    assert.ok((frames[0]?.timestampMs ?? Infinity) < 1_024 / 48);
  });

  it('is taken, and copied to a file that decodes, by FFmpeg, also when that comes later than the output', async () => {
    const port = await freePort();
    const file = join(folder, 'heard.flv');
    const url = `rtmp://127.0.0.1:${port}/live`;
    await using opened = new Opened({ url });
    opened.composed.run();
    const listening = ['-listen', '1', '-f', 'flv', '-i', `${url}/${KEY}`, '-c', 'copy', file];
    const ffmpeg = promisify(execFile)('ffmpeg', ['-nostdin', '-v', 'error', ...listening]);
    await opened.reported('ACTIVE');
    const begun = opened.composed.frame;
    await opened.composed.until(() => opened.composed.frame >= begun + 150);
    await opened.output.close();
    await ffmpeg;
    const decoded = spawnSync('ffmpeg', ['-v', 'error', '-i', file, '-f', 'null', '-'], { encoding: 'utf8' });
    assert.equal(decoded.stderr, '');
    const { streams } = probe(file);
    assert.deepEqual(
      streams.map(({ codec_name }) => codec_name),
      ['h264', 'aac'],
    );
    const [video, audio] = streams.map(({ nb_read_packets }) => Number(nb_read_packets));
    assert.ok(Number(video) >= 150, `${video} pictures`);
    assert.ok(Number(audio) >= 220, `${audio} frames of sound`);
  });

  it('sends parameter sets anew where they change, and only there', async () => {
    await using listener = await Listener.open();
    await using opened = open(listener, { pictures: encodePictures({ seconds: 2 }) });
    const heard = await accepted(listener);
    opened.composed.run();
    while (heardPictures(heard).length < 130) await once(heard.session, 'video');
    opened.composed.pictures = encodePictures({ seconds: 2, arguments: ['-profile:v', 'main', '-coder', '1'] });
    const isOther = () => heard.video.filter(({ kind }) => kind === 'config').length === 2;
    while (!isOther() || heard.video.at(-1)?.kind !== 'picture') await once(heard.session, 'video');
    const at = heard.video.findLastIndex(({ kind }) => kind === 'config');
    const [config, picture] = heard.video.slice(at);
    assert.ok(config?.kind === 'config' && picture?.kind === 'picture' && picture.keyFrame);
    assert.deepEqual(config.sps, opened.composed.pictures[0]?.config?.sequenceParameterSets);
  });
});

describe('an RTMP output with TLS', () => {
  const secure = (listener: Listener, host: string, certificateAuthorities?: string) =>
    new Opened({
      url: `rtmps://${host}:${listener.port}/app`,
      ...(certificateAuthorities && { certificateAuthorities }),
    });

  it('sends to whom an authority that it was given vouches for', async () => {
    await using listener = await Listener.open({}, certificate);
    await using opened = secure(listener, '127.0.0.1', certificate.cert.toString());
    const heard = await accepted(listener);
    opened.composed.run();
    await opened.reported('ACTIVE');
    while (heardPictures(heard).length < 70) await once(heard.session, 'video');
    await opened.output.close();
    assert.equal((await heard.ended).reason, 'unpublished');
  });

  it('fails at once where nobody vouches for the server, or for another name', async () => {
    const names: string[] = [];
    const SNICallback = (name: string, done: (error: null) => void) => {
      names.push(name);
      done(null);
    };
    await using listener = await Listener.open({}, { ...certificate, SNICallback });
    await using unknown = secure(listener, '127.0.0.1');
    const unknownFault = await unknown.fault();
    assert.equal(unknownFault.code, 'REFUSED');
    assert.match(unknownFault.message, /certificate is not valid: self-signed certificate/);
    await using other = secure(listener, 'localhost', certificate.cert.toString());
    const otherFault = await other.fault();
    assert.equal(otherFault.code, 'REFUSED');
    assert.match(otherFault.message, /certificate is not valid: Hostname\/IP does not match/);
    assert.deepEqual(names, ['localhost']);
  });

  it('does not fall back to a connection without it', async () => {
    await using listener = await Listener.open();
    const timings = { giveUpAfterMs: 200 };
    await using opened = new Opened({ url: `rtmps://127.0.0.1:${listener.port}/app`, timings });
    let published = false;
    void listener.session().then(async (heard) => {
      await heard.published;
      published = true;
    });
    assert.equal((await opened.fault()).code, 'UNREACHABLE');
    assert.equal(published, false);
  });

  it('is not opened with authorities that are none', () => {
    const settings = {
      type: 'rtmp',
      url: 'rtmps://127.0.0.1:1/app',
      streamKey: KEY,
      certificateAuthorities: 'none',
    } as const;
    assert.throws(() => new RtmpOutput(settings, outputStart()), RangeError);
  });
});

describe('an RTMP output fails', () => {
  it('as REFUSED when the server does not want its key, without telling it', async () => {
    await using listener = await Listener.open();
    await using opened = open(listener);
    const heard = await listener.session();
    await heard.published;
    heard.session.refuse('NetStream.Publish.Denied', `No place for ${KEY}`);
    const { code, message } = await opened.fault();
    assert.deepEqual([code, message], ['REFUSED', 'No place for *** (NetStream.Publish.Denied)']);
    await opened.output.close();
    assert.deepEqual(opened.states, ['FAILED']);
  });

  it('only after it has tried again, when the server refuses without saying that it is for good', async () => {
    await using listener = await Listener.open();
    await using opened = open(listener);
    opened.composed.run();
    for (const description of ['The server is going away', 'Unknown error']) {
      const heard = await listener.session();
      await heard.published;
      heard.session.refuse('NetStream.Publish.Rejected', description);
    }
    await accepted(listener);
    await opened.reported('ACTIVE');
    assert.deepEqual(opened.states, ['ACTIVE']);

    await using other = await Listener.open();
    const refuseNext = async (): Promise<void> => {
      const heard = await other.session();
      void refuseNext();
      await heard.published;
      heard.session.refuse('NetStream.Publish.Rejected', `No room for ${KEY}`);
    };
    void refuseNext();
    await using hopeless = open(other, { timings: { giveUpAfterMs: 500 } });
    assert.equal((await hopeless.fault()).code, 'UNREACHABLE');
  });

  it('as BUSY when somebody else publishes there', async () => {
    await using listener = await Listener.open();
    await using opened = open(listener);
    const heard = await listener.session();
    await heard.published;
    heard.session.refuse('NetStream.Publish.BadName', 'Stream already exists');
    assert.equal((await opened.fault()).code, 'BUSY');
    await heard.closed;
    assert.equal(listener.openSockets, 0);
  });

  it('as UNREACHABLE when nobody is there for as long as is tried', async () => {
    const port = await freePort();
    await using opened = new Opened({ url: `rtmp://127.0.0.1:${port}/app`, timings: { giveUpAfterMs: 1_000 } });
    const { code, message } = await opened.fault();
    assert.equal(code, 'UNREACHABLE');
    assert.match(message, /ECONNREFUSED/);
  });

  it('as UNREACHABLE when the server says nothing', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connected = once(server, 'connection');
    const { port } = server.address() as AddressInfo;
    await using opened = new Opened({ url: `rtmp://127.0.0.1:${port}/app`, timings: { giveUpAfterMs: 150 } });
    assert.equal((await opened.fault()).code, 'UNREACHABLE');
    const [socket] = await connected;
    socket.resume();
    if (!socket.closed) await once(socket, 'close');
    server.close();
  });

  it('as UNREACHABLE when the server takes each stream and ends it', async () => {
    await using listener = await Listener.open();
    await using opened = open(listener, { pictures: encodePictures({ seconds: 2 }).slice(0, 1) });
    opened.composed.run();
    for (let count = 1; count <= 10; count += 1) {
      const heard = await accepted(listener);
      await opened.reported('ACTIVE', count);
      heard.socket.destroy();
    }
    const { code, message } = await opened.fault();
    assert.equal(code, 'UNREACHABLE');
    assert.match(message, /^The server ends each stream: /);
  });
});

describe('closing an RTMP output', () => {
  it('that still connects leaves no connection behind, and is done once', async () => {
    await using listener = await Listener.open();
    await using opened = open(listener);
    const heard = await listener.session();
    await heard.published;
    await Promise.all([opened.output.close(), opened.output.close()]);
    await heard.closed;
    assert.deepEqual(opened.states, ['STOPPED']);
    assert.equal(listener.openSockets, 0);
    opened.composed.give(1);
  });

  it('that waits for its next attempt ends at once', async () => {
    const port = await freePort();
    const timings = { firstRetryMs: 3_600_000, longestRetryMs: 3_600_000, giveUpAfterMs: 7_200_000 };
    const waiting = Promise.withResolvers<void>();
    const random = () => {
      waiting.resolve();
      return 0.5;
    };
    await using opened = new Opened({ url: `rtmp://127.0.0.1:${port}/app`, timings: { ...timings, random } });
    await waiting.promise;
    await opened.output.close();
    assert.deepEqual(opened.states, ['STOPPED']);
  });
});

function probe(file: string): { streams: { codec_name: string; nb_read_packets: string }[] } {
  const entries = ['-count_packets', '-show_entries', 'stream=codec_name,nb_read_packets'];
  const { stdout } = spawnSync('ffprobe', ['-v', 'error', ...entries, '-of', 'json', file], { encoding: 'utf8' });
  return JSON.parse(stdout);
}
