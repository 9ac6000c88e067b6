import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { uint32 } from '../../hls/box.ts';
import { createCertificate, type HeardSession, Listener } from '../../rtmp/session.fixture.ts';
import { encodePictures } from './encoded-media.fixture.ts';
import { accepted, heardPictures, Opened, open } from './rtmp-output.fixture.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'proscenium-rtmp-output-'));
});
after(() => rmSync(folder, { recursive: true }));

describe('an RTMP output that loses its connection', () => {
  it('says so, and goes on in another one as in the first', async () => {
    await using listener = await Listener.open();
    await using opened = open(listener);
    opened.composed.run();
    const first = await accepted(listener);
    while (heardPictures(first).length < 5) await once(first.session, 'video');
    first.socket.destroy();
    await opened.reported('RECONNECTING');
    const second = await accepted(listener);
    while (heardPictures(second).length < 5) await once(second.session, 'video');
    assert.deepEqual(opened.states, ['ACTIVE', 'RECONNECTING', 'ACTIVE']);
    const [config, picture] = second.video;
    assert.equal(config?.kind, 'config');
    assert.ok(picture?.kind === 'picture' && picture.keyFrame);
    assert.equal(picture.timestampMs, 0);
    assert.equal(second.audio[0]?.kind, 'config');
  });

  it('waits until the server has noticed that it is gone, as long as it tries', async () => {
    await using listener = await Listener.open();
    await using opened = open(listener);
    opened.composed.run();
    const first = await accepted(listener);
    await opened.reported('ACTIVE');
    first.socket.destroy();
    for (let count = 0; count < 3; count += 1) {
      const busy = await listener.session();
      await busy.published;
      busy.session.refuse('NetStream.Publish.BadName', 'Already publishing');
    }
    await accepted(listener);
    await opened.reported('ACTIVE', 2);
    assert.deepEqual(opened.states, ['ACTIVE', 'RECONNECTING', 'ACTIVE']);
  });

  it('fails as BUSY where that never comes, also when an earlier composer lost it', async () => {
    await using listener = await Listener.open();
    await using opened = open(listener, { start: { resumed: true }, timings: { giveUpAfterMs: 1_500 } });
    let refused = 0;
    const refuse = async (): Promise<void> => {
      const busy = await listener.session();
      await busy.published;
      busy.session.refuse('NetStream.Publish.BadName', 'Already publishing');
      refused += 1;
      void refuse();
    };
    void refuse();
    assert.equal((await opened.fault()).code, 'BUSY');
    assert.ok(refused > 1, `${refused} attempts`);
  });

  it('is refused for good when the key has become wrong', async () => {
    await using listener = await Listener.open();
    await using opened = open(listener);
    opened.composed.run();
    const first = await accepted(listener);
    await opened.reported('ACTIVE');
    first.socket.destroy();
    const second = await listener.session();
    await second.published;
    second.session.refuse('NetStream.Publish.BadName', 'There is no such stream key');
    assert.equal((await opened.fault()).code, 'REFUSED');
    assert.deepEqual(opened.states, ['ACTIVE', 'RECONNECTING', 'FAILED']);
  });
});

describe('an RTMP output whose peer does not keep up', () => {
  /** Of some 60 kB a picture: what the system keeps on the way is soon full. */
  const large = () => encodePictures({ seconds: 2, size: '640x360', arguments: ['-qp', '0'] });

  it('leaves out whole groups of pictures, and goes on with a key frame when it has caught up', async () => {
    await using listener = await Listener.open();
    const pictures = large();
    await using opened = open(listener, { pictures });
    const { composed, output } = opened;
    const heard = await accepted(listener);
    composed.run();
    while (heardPictures(heard).length === 0) await once(heard.session, 'video');
    heard.socket.pause();
    await composed.until(() => output.droppedPictures >= 90);
    assert.deepEqual(opened.states, ['ACTIVE']);
    heard.socket.resume();
    const frames = () => heardPictures(heard).map(({ timestampMs }) => Math.round((timestampMs * 30) / 1_000));
    const steps = () =>
      frames().flatMap((frame, index, all) => (index > 0 && frame !== (all[index - 1] ?? 0) + 1 ? [index] : []));
    const goesOn = () => heardPictures(heard).length > (steps()[0] ?? Infinity) + 65;
    while (!goesOn()) await once(heard.session, 'video');
    composed[Symbol.dispose]();
    await output.close();
    await heard.ended;

    const sent = heardPictures(heard);
    for (const index of steps()) {
      assert.ok((frames()[index] ?? 0) > (frames()[index - 1] ?? 0));
      assert.ok(sent[index]?.keyFrame, `picture ${frames()[index]} follows ${frames()[index - 1]}`);
    }
    const [first, last] = [frames()[0] ?? 0, frames().at(-1) ?? 0];
    assert.ok(last - first + 1 - sent.length >= 60, `${sent.length} pictures of ${last - first + 1}`);
    assert.equal(decodingErrors(heard), '');
    assert.ok(heard.audio.length > 0);
  });

  for (const protocol of ['rtmp', 'rtmps'] as const) {
    it(`cuts one that takes nothing at all by ${protocol}, and connects again`, async () => {
      const certificate = createCertificate(folder);
      await using listener = await Listener.open({}, protocol === 'rtmps' ? certificate : undefined);
      await using opened = new Opened({
        url: `${protocol}://127.0.0.1:${listener.port}/app`,
        certificateAuthorities: certificate.cert.toString(),
        pictures: large(),
        timings: { stallTimeoutMs: 400 },
      });
      opened.composed.run();
      const first = await accepted(listener);
      while (heardPictures(first).length === 0) await once(first.session, 'video');
      first.socket.pause();
      await opened.reported('RECONNECTING');
      const second = await accepted(listener);
      await opened.reported('ACTIVE', 2);
      assert.ok(opened.output.droppedPictures > 0);
      assert.equal(second.session.ended, false);
    });
  }

  it('does not wait for it to close for longer than 5 seconds', async () => {
    await using listener = await Listener.open();
    await using opened = open(listener, { pictures: large() });
    opened.composed.run();
    const heard = await accepted(listener);
    while (heardPictures(heard).length === 0) await once(heard.session, 'video');
    heard.socket.pause();
    await opened.composed.until(() => opened.output.droppedPictures > 0);
    const began = performance.now();
    await opened.output.close();
    assert.ok(performance.now() - began < 5_000);
    assert.deepEqual(opened.states, ['ACTIVE', 'STOPPED']);
  });
});

/** What FFmpeg says of all pictures that came, as a byte stream. */
function decodingErrors(heard: HeardSession): string {
  const startCode = uint32(1);
  const stream = heard.video.flatMap((tag) => {
    if (tag.kind === 'unsupported') return [];
    const units = tag.kind === 'config' ? [...tag.sps, ...tag.pps] : tag.nalUnits;
    return units.flatMap((unit) => [startCode, unit]);
  });
  const decoding = ['-nostdin', '-v', 'error', '-f', 'h264', '-i', '-', '-f', 'null', '-'];
  return spawnSync('ffmpeg', decoding, { input: Buffer.concat(stream), encoding: 'utf8' }).stderr;
}
