import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Preset } from '../../codec/canvas-encoder.ts';
import { assertColours, decodeKeyFrame, encodeColour, GREEN } from '../../codec/drawing.fixture.ts';
import { decoderInput } from '../../codec/picture-size.ts';
import { probe } from '../../rtp/encode.fixture.ts';
import type { EncodedPicture } from '../output/output.ts';
import type { FilledTile } from './painting.ts';
import { PictureTrack, type PictureTrackOptions } from './picture-track.ts';

const settings = { width: 160, height: 90, framesPerSecond: 20, bitrateBps: 500_000 };

/** A track and the pictures that it has made. */
class MadePictures {
  readonly #events = new EventEmitter<{ picture: [picture: EncodedPicture]; error: [error: unknown] }>();
  readonly track: PictureTrack;
  readonly beginMs = performance.now();
  readonly pictures: EncodedPicture[] = [];
  /** By which each of them was made. */
  readonly presets: Preset[] = [];

  constructor(options: Partial<PictureTrackOptions> = {}) {
    this.track = new PictureTrack({
      settings,
      beginMs: this.beginMs,
      delayMs: () => 60,
      tiles: () => [],
      onPicture: (picture) => {
        this.pictures.push(picture);
        this.presets.push(this.track.statistics.preset);
        this.#events.emit('picture', picture);
      },
      onFailed: (error) => this.#events.emit('error', error),
      ...options,
    });
    this.track.start();
  }

  /** Waits for the first picture of which it is true; asks as soon as there is one. */
  until(isTrue: (picture: EncodedPicture) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#events.once('error', reject);
      this.#events.on('picture', function check(this: EventEmitter, picture: EncodedPicture) {
        if (!isTrue(picture)) return;
        this.off('picture', check);
        this.off('error', reject);
        resolve();
      });
    });
  }

  /** As a decoder sees them that was told the parameter sets once. */
  get stream(): Buffer {
    const { sequenceParameterSets = [], pictureParameterSets = [] } = this.pictures[0]?.config ?? {};
    const units = this.pictures.flatMap((picture) => picture.units);
    return decoderInput('h264', [...sequenceParameterSets, ...pictureParameterSets, ...units]);
  }
}

/** The presets of so many pictures in turn, of the last one for ever. */
function scriptedLadder(...steps: readonly (readonly [pictures: number, preset: Preset])[]) {
  let made = 0;
  return {
    observe: () => {
      made += 1;
    },
    get preset(): Preset {
      let end = 0;
      const step = steps.find(([pictures]) => {
        end += pictures;
        return made < end;
      });
      return (step ?? steps.at(-1))?.[1] ?? 'veryfast';
    },
  };
}

/** @returns what sends a packet from another thread, while this one stands still for longer than pictures are apart */
async function otherThreadTo(port: number): Promise<() => void> {
  const [idle, wanted, done] = [0, 1, 2];
  const state = new Int32Array(new SharedArrayBuffer(4));
  const script = `
    const { workerData: { port, state } } = require('node:worker_threads');
    const socket = require('node:dgram').createSocket('udp4');
    Atomics.wait(state, 0, ${idle});
    socket.send('packet', port, '127.0.0.1', () => {
      Atomics.store(state, 0, ${done});
      Atomics.notify(state, 0);
      socket.close();
    });
  `;
  const worker = new Worker(script, { eval: true, workerData: { port, state } });
  await once(worker, 'online');
  return () => {
    Atomics.store(state, 0, wanted);
    Atomics.notify(state, 0);
    Atomics.wait(state, 0, wanted);
    Atomics.wait(state, 0, done, 200);
  };
}

describe('a picture track', () => {
  it('makes pictures at a constant rate, each two seconds a key frame, and tells of each that it left out', async () => {
    const made = new MadePictures();
    await made.until(({ timeMs }) => timeMs >= 4_400);
    await made.track.close();
    const { pictures, track } = made;
    const numbers = pictures.map(({ timeMs }) => timeMs / 50);
    assert.ok(numbers.every(Number.isInteger));
    const steps = numbers.slice(1).map((number, index) => number - (numbers[index] ?? 0));
    const left = steps.reduce((sum, step) => sum + step - 1, 0);
    assert.ok(steps.every((step) => step >= 1));
    assert.equal(track.statistics.skippedPictures, left);
    assert.equal(track.statistics.pictures, pictures.length);
    const groups = numbers.map((number) => Math.floor(number / 40));
    for (const [index, { keyFrame, config }] of pictures.entries()) {
      assert.equal(keyFrame, groups[index] !== groups[index - 1], `picture ${numbers[index]}`);
      assert.equal(config !== undefined, keyFrame);
    }
    const { types, width, height, has_b_frames } = probe(made.stream);
    assert.deepEqual({ width, height, has_b_frames }, { width: 160, height: 90, has_b_frames: 0 });
    assert.equal(types, pictures.map(({ keyFrame }) => (keyFrame ? 'I' : 'P')).join(''));
  });

  it('shows what was captured the delay before', async () => {
    const [units = []] = await encodeColour({ width: 160, height: 90 }, GREEN);
    const picture = await decodeKeyFrame(units);
    const asked: number[] = [];
    const video = {
      pictureAt: (timeMs: number) => {
        asked.push(timeMs);
        return picture;
      },
    };
    const tile = { participantId: 'a', x: 0, y: 0, width: 160, height: 90, fillMode: 'COVER' } as const;
    const tiles: FilledTile[] = [{ tile, video }];
    const made = new MadePictures({ tiles: () => tiles });
    await made.until(() => made.pictures.length === 3);
    await made.track.close();
    for (const [index, { timeMs }] of made.pictures.entries()) {
      assert.ok(Math.abs((asked[index] ?? 0) - (made.beginMs + timeMs - 60)) < 0.001);
    }
    const { config, units: shown = [] } = made.pictures[0] ?? {};
    const { sequenceParameterSets = [], pictureParameterSets = [] } = config ?? {};
    assertColours(await decodeKeyFrame([...sequenceParameterSets, ...pictureParameterSets, ...shown]), [
      [4, 4, GREEN],
      [150, 84, GREEN],
    ]);
  });

  it('lets another preset take over with a key frame, with which every decoder goes on', async () => {
    const ladder = scriptedLadder([10, 'veryfast'], [40, 'ultrafast'], [1, 'superfast']);
    const made = new MadePictures({ ladder });
    await made.until(() => made.track.statistics.preset === 'superfast');
    await made.track.close();
    const { pictures, presets } = made;
    assert.deepEqual([...new Set(presets)], ['veryfast', 'ultrafast', 'superfast']);
    for (const [index, { keyFrame, timeMs, config }] of pictures.entries()) {
      if (index > 0 && presets[index] !== presets[index - 1]) assert.ok(keyFrame, `at ${timeMs}`);
      if (keyFrame) assert.deepEqual(config, pictures[0]?.config);
    }
    const { types } = probe(made.stream);
    assert.equal(types, made.pictures.map(({ keyFrame }) => (keyFrame ? 'I' : 'P')).join(''));
  });

  it('makes nothing while it is not active, and then begins with a key frame', async () => {
    let asked = 0;
    const tiles = () => {
      asked += 1;
      return [];
    };
    const made = new MadePictures({ tiles });
    await made.until(() => made.pictures.length === 5);
    made.track.setActive(false);
    const beside = new MadePictures();
    await beside.until(() => beside.pictures.length === 6);
    await beside.track.close();
    const before = made.pictures.length;
    assert.ok(before <= 6);
    made.track.setActive(true);
    await made.until(() => made.pictures.length === before + 2);
    await made.track.close();
    const [first, second] = made.pictures.slice(before);
    assert.deepEqual([first?.keyFrame, second?.keyFrame], [true, false]);
    assert.equal(asked, made.track.statistics.pictures);
  });

  it('leaves out what it is too late for, and is back in time at once', async () => {
    const made = new MadePictures();
    await made.until(() => made.pictures.length === 3);
    // By then the track waits for the next one to be due.
    await new Promise(setImmediate);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    const before = made.pictures.length;
    await made.until(() => made.pictures.length === before + 3);
    await made.track.close();
    const { skippedPictures, latePictures, pictures } = made.track.statistics;
    assert.ok(skippedPictures >= 6, `${skippedPictures} left out`);
    assert.ok(latePictures >= 1);
    assert.equal(pictures, made.pictures.length);
  });

  it('reads what has come meanwhile before it makes a picture that is late', async () => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    let received = 0;
    socket.on('message', () => {
      received += 1;
    });
    const seen: number[] = [];
    const tiles = () => {
      seen.push(received);
      return [];
    };
    const send = await otherThreadTo(socket.address().port);
    const made = new MadePictures({ tiles });
    let before = 0;
    await made.until(() => {
      if (made.pictures.length !== 3) return false;
      send();
      before = seen.length;
      return true;
    });
    await made.until(() => seen.length > before);
    await made.track.close();
    socket.close();
    assert.equal(seen[before - 1], 0);
    assert.equal(seen[before], 1);
  });

  it('tells when there can be no encoder', async () => {
    const made = new MadePictures({ settings: { ...settings, width: 161 } });
    await assert.rejects(
      made.until(() => true),
      { name: 'CodecFailure', reason: 'INTERNAL' },
    );
    await made.track.close();
  });

  it('may be closed before its first picture', async () => {
    const made = new MadePictures({ beginMs: performance.now() + 3_600_000 });
    await made.track.close();
    assert.deepEqual(made.pictures, []);
  });
});
