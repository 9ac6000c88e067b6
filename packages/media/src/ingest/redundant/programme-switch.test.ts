import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PlacedPicture } from '../placed-media.ts';
import { TICK_MS } from './encoder-health.ts';
import { ProgrammeSwitch } from './programme-switch.ts';

const FRAME_MS = 40;
const GROUP = 25;

interface EncoderOptions {
  /** What its pictures begin with: two of the same are copies of each other. */
  readonly name?: string;
  /** Its own time minus that of the programme. */
  readonly clockMs?: number;
  /** From making a picture to its arrival. */
  readonly delayMs?: number;
  /** Index of a picture that is a key frame, modulo the group. */
  readonly phase?: number;
}

/** Encoders before a switch, by a clock of their own. All make picture number n at n times 40 ms. */
class Studio {
  readonly shown: { readonly what: string; readonly mediaMs: number; readonly atMs: number; keyFrame: boolean }[] = [];
  readonly switches: string[] = [];
  /** Of what stands by. */
  latenessMs = 0;
  /** Until when each stretch of sound is written, in media milliseconds. */
  soundMs = 0;
  readonly #switch: ProgrammeSwitch;
  readonly #encoders = new Set<HandEncoder>();
  nowMs = 0;

  constructor() {
    this.#switch = new ProgrammeSwitch({
      sink: {
        takePicture: (picture) => this.shown.push({ ...picture, what: textOf(picture), atMs: this.nowMs }),
        takeSound: ({ pcm, position }) => {
          this.soundMs = (position + pcm.frames) / 48;
        },
        waitFor: (latenessMs) => {
          this.latenessMs = latenessMs;
        },
      },
      onSwitch: (_, cause) => this.switches.push(cause),
      now: () => this.nowMs,
    });
  }

  add(options: EncoderOptions = {}): HandEncoder {
    const encoder = new HandEncoder(this.#switch.join(), options, this.nowMs);
    this.#encoders.add(encoder);
    return encoder;
  }

  /** Time goes by in steps of 10 ms. */
  run(durationMs: number): void {
    for (const endMs = this.nowMs + durationMs; this.nowMs < endMs; ) {
      this.nowMs += 10;
      for (const encoder of this.#encoders) encoder.send(this.nowMs);
      if (this.nowMs % TICK_MS === 0) this.#switch.tick();
    }
  }

  /** Time goes by in which this program does nothing; what came is read afterwards. */
  stall(durationMs: number): void {
    this.nowMs += durationMs;
    this.#switch.tick();
    this.run(10);
  }

  get numbers(): number[] {
    return this.shown.map(({ what }) => Number(what.split(' ')[1]));
  }

  /** Between one picture and the next, at most. */
  longestBreak(fromMs = 0): number {
    const times = this.shown.filter(({ atMs }) => atMs >= fromMs).map(({ atMs }) => atMs);
    return Math.max(...times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0)));
  }
}

class HandEncoder {
  readonly #feed: ReturnType<ProgrammeSwitch['join']>;
  readonly #options: Required<EncoderOptions>;
  #next: number;
  isSilent = false;
  lacks: 'audio' | 'video' | undefined;

  constructor(feed: ReturnType<ProgrammeSwitch['join']>, options: EncoderOptions, nowMs: number) {
    this.#feed = feed;
    this.#options = { name: 'copy', clockMs: 0, delayMs: 0, phase: 0, ...options };
    this.#next = Math.ceil(nowMs / FRAME_MS);
  }

  send(nowMs: number): void {
    const { name, clockMs, delayMs, phase } = this.#options;
    for (; this.#next * FRAME_MS + delayMs <= nowMs; this.#next += 1) {
      if (this.isSilent) continue;
      const number = this.#next;
      const mediaMs = number * FRAME_MS + clockMs;
      const payloads = [Buffer.from(`${name} ${number}`)];
      const keyFrame = number % GROUP === phase;
      if (this.lacks !== 'video') this.#feed.takePicture({ payloads, keyFrame, mediaMs });
      if (this.lacks === 'audio') continue;
      const frames = FRAME_MS * 48;
      this.#feed.takeSound({ pcm: { planes: [new Float32Array(frames)], frames }, position: mediaMs * 48 });
    }
  }

  end(): void {
    this.isSilent = true;
    this.#feed.leave();
  }
}

function textOf({ payloads }: PlacedPicture): string {
  return Buffer.concat(payloads).toString();
}

/** Each number follows the one before. */
function isUnbroken(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number === (numbers[index - 1] ?? 0) + 1);
}

describe('a programme of two encoders', () => {
  it('is that of one, while the other one waits', () => {
    const studio = new Studio();
    studio.add();
    studio.add({ delayMs: 20 });
    studio.run(5_000);
    assert.deepEqual(studio.switches, []);
    assert.ok(isUnbroken(studio.numbers));
    assert.equal(studio.shown.length, 126);
  });

  for (const delayMs of [0, 20, 200]) {
    it(`goes on with the very next picture of a copy that comes ${delayMs} ms later, when a connection ends`, () => {
      const studio = new Studio();
      const one = studio.add();
      studio.add({ delayMs });
      studio.run(3_330);
      one.end();
      studio.run(3_000);
      assert.deepEqual(studio.switches, ['ended']);
      assert.ok(isUnbroken(studio.numbers));
      assert.ok(studio.shown.every(({ mediaMs, what }) => mediaMs === FRAME_MS * Number(what.split(' ')[1])));
      assert.ok(studio.longestBreak() <= FRAME_MS + delayMs + 10);
      assert.ok(studio.soundMs > 6_000 - delayMs);
    });
  }

  it('moves a copy that comes much later to when it comes, so that nobody who mixes it goes without', () => {
    const studio = new Studio();
    const one = studio.add();
    studio.add({ delayMs: 600 });
    studio.run(3_330);
    one.end();
    studio.run(3_000);
    assert.ok(isUnbroken(studio.numbers));
    const { mediaMs, what } = studio.shown.at(-1) ?? assert.fail();
    assert.equal(mediaMs, FRAME_MS * Number(what.split(' ')[1]) + 600);
    assert.ok(studio.soundMs > 6_000, `${studio.soundMs} ms`);
  });

  it('goes on with the very next picture of a copy half a second after an encoder has fallen silent', () => {
    const studio = new Studio();
    const one = studio.add();
    studio.add();
    studio.run(3_330);
    one.isSilent = true;
    studio.run(3_000);
    assert.deepEqual(studio.switches, ['silent']);
    assert.ok(isUnbroken(studio.numbers));
    assert.ok(studio.longestBreak() <= 550, `${studio.longestBreak()} ms`);
  });

  it('goes on with the picture of a copy whose clock is another', () => {
    const studio = new Studio();
    const one = studio.add();
    studio.add({ clockMs: 777_777, delayMs: 30 });
    studio.run(3_330);
    one.end();
    studio.run(3_000);
    assert.ok(isUnbroken(studio.numbers));
    assert.ok(studio.shown.every(({ mediaMs, what }) => mediaMs === FRAME_MS * Number(what.split(' ')[1])));
  });

  it('begins at a key frame of an encoder that is no copy, and hurries from there to the present', () => {
    const studio = new Studio();
    const one = studio.add({ name: 'one' });
    studio.add({ name: 'other', phase: 10 });
    studio.run(3_330);
    one.end();
    studio.run(3_000);
    const joined = studio.shown.findIndex(({ what }) => what.startsWith('other'));
    const first = studio.shown[joined];
    assert.deepEqual([first?.what, first?.keyFrame, first?.atMs], ['other 60', true, 3_330]);
    assert.ok(isUnbroken(studio.numbers.slice(joined)));
    const times = studio.shown.map(({ mediaMs }) => mediaMs);
    assert.ok(times.every((mediaMs, index) => index === 0 || mediaMs > (times[index - 1] ?? 0)));
    assert.equal(studio.shown.at(-1)?.mediaMs, 6_320);
    assert.ok(studio.longestBreak() <= 50);
  });

  it('begins at the key frame that came while an encoder was silent, where it is no copy', () => {
    const studio = new Studio();
    const one = studio.add({ name: 'one' });
    studio.add({ name: 'other', phase: 10 });
    studio.run(3_330);
    one.isSilent = true;
    studio.run(60); // picture 85 is to come within the silence
    studio.run(3_000);
    const joined = studio.shown.find(({ what }) => what.startsWith('other'));
    assert.deepEqual([joined?.what, joined?.mediaMs], ['other 85', 3_400]);
  });

  it('aligns by arrival what tells times that are far apart', () => {
    const studio = new Studio();
    const one = studio.add({ name: 'one' });
    studio.add({ name: 'other', clockMs: -50_000, delayMs: 30 });
    studio.run(3_330);
    one.end();
    studio.run(3_000);
    // The first one's pictures came at their time, and so do the other one's now.
    const last = studio.shown.at(-1);
    assert.deepEqual([last?.mediaMs, last?.atMs], [6_310, 6_310]);
  });

  it('does not go back to an encoder that is well again, until the other one fails', () => {
    const studio = new Studio();
    const one = studio.add();
    const other = studio.add();
    studio.run(3_330);
    one.isSilent = true;
    studio.run(3_000);
    one.isSilent = false;
    studio.run(5_000);
    assert.deepEqual(studio.switches, ['silent']);
    other.end();
    studio.run(2_000);
    assert.deepEqual(studio.switches, ['silent', 'ended']);
    assert.ok(isUnbroken(studio.numbers));
    assert.ok(studio.longestBreak(6_500) <= FRAME_MS + 10);
  });

  it('stays with a silent encoder while the other one is silent too, or has not proven itself', () => {
    const studio = new Studio();
    const one = studio.add();
    const other = studio.add();
    studio.run(3_000);
    for (const encoder of [one, other]) encoder.isSilent = true;
    studio.run(1_000);
    other.isSilent = false;
    studio.run(400);
    one.isSilent = false;
    studio.run(3_000);
    assert.deepEqual(studio.switches, []);
  });

  it('does not take a stall of its own for silence', () => {
    const studio = new Studio();
    studio.add();
    studio.add();
    studio.run(3_000);
    studio.stall(2_000);
    studio.run(3_000);
    assert.deepEqual(studio.switches, []);
    assert.ok(isUnbroken(studio.numbers));
  });

  for (const kind of ['audio', 'video'] as const) {
    it(`gives up an encoder whose ${kind} alone is missing`, () => {
      const studio = new Studio();
      const one = studio.add();
      studio.add();
      studio.run(3_000);
      one.lacks = kind;
      studio.run(1_000);
      assert.deepEqual(studio.switches, ['silent']);
      assert.ok(isUnbroken(studio.numbers));
    });
  }

  it('tells how late what stands by is, so that it need not be when it takes over', () => {
    const studio = new Studio();
    const one = studio.add();
    const other = studio.add({ delayMs: 70 });
    studio.run(500);
    assert.equal(studio.latenessMs, 0, 'it has to prove itself');
    studio.run(2_000);
    assert.equal(studio.latenessMs, 70);
    one.end();
    studio.run(500);
    assert.equal(studio.latenessMs, 0);
    studio.add({ clockMs: 50_000, delayMs: 90 });
    studio.run(2_000);
    assert.equal(studio.latenessMs, 0, 'by arrival nobody is late');
    other.end();
    studio.run(100);
    assert.equal(studio.latenessMs, 0);
  });

  it('goes on when somebody is there again after nobody was', () => {
    const studio = new Studio();
    const one = studio.add({ name: 'one' });
    studio.run(2_000);
    one.end();
    studio.run(5_000);
    studio.add({ name: 'other', clockMs: -7_000 });
    studio.run(2_000);
    const joined = studio.shown.find(({ what }) => what.startsWith('other'));
    assert.deepEqual([joined?.mediaMs, joined?.atMs, joined?.keyFrame], [7_010, 7_010, true]);
  });
});
