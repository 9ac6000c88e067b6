import assert from 'node:assert/strict';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { after, afterEach, before, describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CodecFailure } from '../../codec/codec-failure.ts';
import { OpusEncoder } from '../../codec/opus-encoder.ts';
import type { RtpTarget } from '../../sfu/ingest-source.ts';
import type { ProgrammeSwitched } from '../messages.ts';
import { type PlacedSound, positionOf, silence } from '../placed-media.ts';
import { openRtpSocket } from '../rtp-socket.ts';
import { TICK_MS } from './encoder-health.ts';
import type { ProgrammeFeed } from './programme-switch.ts';
import { Programmes } from './programmes.ts';

const FRAME_MS = 40;

describe('the programmes of the ingest program', { timeout: 60_000 }, () => {
  let sfu: Socket;
  const failures: [programmeId: string, message: string][] = [];
  const switches: ProgrammeSwitched[] = [];
  const programmes = new Programmes({
    onSwitch: (switched) => switches.push(switched),
    onFailure: (programmeId, error) => failures.push([programmeId, (error as Error).message]),
  });
  before(async () => {
    sfu = await openRtpSocket();
  });
  afterEach(() => {
    programmes.closeAll();
    failures.length = 0;
    switches.length = 0;
  });
  after(() => sfu.close());

  async function open(programmeId: string, ssrc: number): Promise<void> {
    await programmes.open(programmeId);
    const target: RtpTarget = {
      port: sfu.address().port,
      video: { payloadType: 108, ssrcs: [ssrc] },
      audio: { payloadType: 111, ssrc: ssrc + 1, levelExtensionId: 10 },
    };
    programmes.send(programmeId, target);
  }

  /** Comes and goes. @returns what it brought and whoever keeps it keeps, too */
  async function visitOf(name: string): Promise<WeakRef<object>> {
    const feed = await programmes.join('1', name);
    bring(feed, 0, FRAME_MS);
    const sound = soundOf(FRAME_MS);
    feed.takeSound(sound);
    feed.leave();
    return new WeakRef(sound);
  }

  const failing: [when: string, fail: (one: ProgrammeFeed, other: ProgrammeFeed, tick: () => void) => void][] = [
    ['while an encoder brings it', (one) => bring(one, 1_200, 1_240)],
    [
      'when an encoder has fallen silent',
      (_, other, tick) => {
        for (let fromMs = 1_200; fromMs < 2_000; fromMs += TICK_MS) {
          bring(other, fromMs, fromMs + TICK_MS);
          tick();
        }
      },
    ],
    [
      'when all are gone',
      (one, other) => {
        other.leave();
        one.leave();
      },
    ],
  ];
  for (const [when, fail] of failing) {
    it(`end one by one: one whose sound cannot be encoded ${when} ends alone`, async (t) => {
      t.mock.timers.enable({ apis: ['setInterval'] });
      const tick = () => t.mock.timers.tick(TICK_MS);
      await open('failing', 10);
      await open('whole', 20);
      const one = await programmes.join('failing', 'one');
      const other = await programmes.join('failing', 'other');
      const whole = await programmes.join('whole', 'third');
      for (let fromMs = 0; fromMs < 1_200; fromMs += TICK_MS) {
        for (const feed of [one, other]) bring(feed, fromMs, fromMs + TICK_MS);
        tick();
      }
      const { mock } = t.mock.method(OpusEncoder.prototype, 'encode', () => {
        throw new CodecFailure('INTERNAL', 'there is no memory');
      });
      fail(one, other, tick);
      mock.restore();
      assert.deepEqual(failures, [['failing', 'there is no memory']]);
      await assert.rejects(programmes.join('failing', 'one'), /The programme is closed/);
      // Of no avail, and of no harm.
      for (const feed of [one, other]) bring(feed, 2_000, 3_000);
      for (const feed of [one, other]) feed.leave();
      tick();
      assert.equal(failures.length, 1);
      const coming = packetOf(sfu, 21);
      bring(whole, 0, 1_000);
      await coming;
      // The server opens another one under another name.
      await open('anew', 30);
      const heard = packetOf(sfu, 31);
      bring(await programmes.join('anew', 'one'), 0, 1_000);
      await heard;
    });
  }

  it('tells of encoders by their names, and keeps nothing of those that are gone', async () => {
    await open('1', 10);
    const brought: WeakRef<object>[] = [];
    for (let visit = 0; visit < 4; visit += 1) brought.push(await visitOf(`visit ${visit}`));
    const present = await programmes.join('1', 'present');
    bring(present, 0, 2_000);
    assert.deepEqual(
      switches.map(({ connectionId, cause }) => `${connectionId} ${cause}`),
      ['visit 1', 'visit 2', 'visit 3', 'present'].map((name) => `${name} ended`),
    );
    await new Promise(setImmediate); // what was looked at in a turn stays until its end
    collectGarbage();
    const kept = brought.filter((sound) => sound.deref() !== undefined);
    assert.equal(kept.length, 0);
    present.leave();
  });

  it('do not open one that is closed before it is open', async () => {
    const opening = programmes.open('1');
    programmes.close('1');
    await assert.rejects(opening, /The programme is closed/);
    await assert.rejects(
      Promise.race([programmes.join('1', 'one'), new Promise(setImmediate)]),
      /The programme is closed/,
    );
  });
});

/** Picture and sound of this time; all encoders make the same. */
function bring(feed: ProgrammeFeed, fromMs: number, toMs: number): void {
  for (let mediaMs = Math.ceil(fromMs / FRAME_MS) * FRAME_MS; mediaMs < toMs; mediaMs += FRAME_MS) {
    feed.takePicture({ payloads: [Buffer.from(`picture ${mediaMs}`)], keyFrame: mediaMs % 1_000 === 0, mediaMs });
    feed.takeSound(soundOf(mediaMs));
  }
}

function soundOf(mediaMs: number): PlacedSound {
  return { pcm: silence(2, positionOf(FRAME_MS)), position: positionOf(mediaMs) };
}

async function packetOf(socket: Socket, ssrc: number): Promise<void> {
  for (;;) {
    const [packet] = (await once(socket, 'message')) as [Buffer];
    if (packet.readUInt32BE(8) === ssrc) return;
  }
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}
