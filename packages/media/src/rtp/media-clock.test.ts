import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MediaClock } from './media-clock.ts';
import { SenderClock } from './sender-clock.ts';

/** One stream of a sender whose wall clock is `wallAheadMs` ahead of ours, by a way that takes `delayMs`. */
class Stream {
  readonly clock: MediaClock;
  readonly #ticksPerMs: number;
  readonly #startTicks: number;
  readonly #delayMs: number;
  readonly #wallAheadMs: number;

  constructor(sender: SenderClock, { clockRate = 90_000, startTicks = 0, delayMs = 0, wallAheadMs = 0 } = {}) {
    this.clock = new MediaClock(clockRate, sender);
    this.#ticksPerMs = clockRate / 1_000;
    this.#startTicks = startTicks;
    this.#delayMs = delayMs;
    this.#wallAheadMs = wallAheadMs;
  }

  rtpTime(capturedMs: number): number {
    return (this.#startTicks + Math.round(capturedMs * this.#ticksPerMs)) % 2 ** 32;
  }

  /** What was captured at a time of ours comes. */
  come(capturedMs: number, jitterMs = 0): number {
    return this.clock.timeMs(this.rtpTime(capturedMs), capturedMs + this.#delayMs + jitterMs);
  }

  /** The report takes the shortest way. */
  report(sentMs: number, delayMs = 10): void {
    this.clock.report({ wallClockMs: sentMs + this.#wallAheadMs, rtpTime: this.rtpTime(sentMs) }, sentMs + delayMs);
  }
}

const HOUR_MS = 3_600_000;

describe('the clock of a stream', () => {
  it('tells the time of arrival before the first report, by the packet that came fastest', () => {
    const stream = new Stream(new SenderClock(), { delayMs: 50 });
    assert.equal(stream.come(0, 30), 80);
    for (let ms = 20; ms <= 2_000; ms += 20) stream.come(ms, ms % 60);
    assert.ok(Math.abs(stream.come(2_020, 40) - 2_070) < 0.1);
  });

  it('brings sound and picture of one moment to one time, slowly, whatever the ways they came', () => {
    const sender = new SenderClock();
    const wallAheadMs = -5 * HOUR_MS;
    const audio = new Stream(sender, { clockRate: 48_000, startTicks: 123_456, delayMs: 20, wallAheadMs });
    const video = new Stream(sender, { startTicks: 4_000_000_000, delayMs: 180, wallAheadMs });
    const apart: number[] = [];
    for (let ms = 0; ms < 8_000; ms += 20) {
      if (ms % 2_500 === 500) {
        audio.report(ms);
        video.report(ms);
      }
      apart.push(video.come(ms) - audio.come(ms));
    }
    assert.ok(Math.abs((apart[0] ?? 0) - 160) < 0.1);
    assert.ok(Math.abs(apart.at(-1) ?? 160) < 0.1, `${apart.at(-1)} ms apart at last`);
    for (const [index, ms] of apart.entries()) {
      if (index > 0) assert.ok(Math.abs(ms - (apart[index - 1] ?? 0)) <= 2.01, 'no jump');
    }
  });

  it('keeps streams together whose reports take long and different ways', () => {
    const sender = new SenderClock();
    const audio = new Stream(sender, { clockRate: 48_000, delayMs: 20, wallAheadMs: HOUR_MS });
    const video = new Stream(sender, { delayMs: 20, wallAheadMs: HOUR_MS });
    const ways = { audio: [2_900, 5, 700], video: [400, 3_500, 900] };
    for (let ms = 0; ms < 15_000; ms += 20) {
      const round = Math.floor(ms / 5_000);
      if (ms % 5_000 === 0) {
        audio.report(ms, ways.audio[round]);
        video.report(ms, ways.video[round]);
      }
      const apartMs = video.come(ms) - audio.come(ms);
      assert.ok(Math.abs(apartMs) < 5, `${apartMs} ms apart after ${ms} ms`);
    }
  });

  it('begins as late as the fastest of the packets that came before it was asked', () => {
    const stream = new Stream(new SenderClock());
    for (const [capturedMs, arrivalMs] of [
      [0, 900],
      [400, 900],
      [880, 905],
      [1_000, 1_060],
    ] as const) {
      stream.clock.foresee(stream.rtpTime(capturedMs), arrivalMs);
    }
    assert.ok(Math.abs(stream.come(0, 900) - 25) < 0.1);
  });

  it('takes a report that comes before the first packet', () => {
    const sender = new SenderClock();
    const stream = new Stream(sender, { delayMs: 300, wallAheadMs: HOUR_MS });
    stream.report(0);
    for (let ms = 20; ms < 10_000; ms += 20) stream.come(ms);
    assert.ok(Math.abs(stream.come(10_000) - 10_010) < 0.1);
  });

  it('goes on over the wrap of the RTP time, with reports from before and after it', () => {
    const sender = new SenderClock();
    const stream = new Stream(sender, { startTicks: 2 ** 32 - 90_000, delayMs: 10 });
    for (let ms = 0; ms < 3_000; ms += 20) {
      assert.ok(Math.abs(stream.come(ms) - (ms + 10)) < 0.1);
      if (ms % 500 === 0) stream.report(ms);
    }
  });

  it('tells the wall clock of the sender', () => {
    const sender = new SenderClock();
    assert.equal(sender.wallClockMs(0), undefined);
    const stream = new Stream(sender, { delayMs: 10, wallAheadMs: HOUR_MS });
    stream.report(0);
    assert.equal(sender.wallClockMs(stream.come(1_000)), 1_000 + HOUR_MS);
  });

  it('follows a sender whose clock drifts', () => {
    const sender = new SenderClock();
    const clock = new MediaClock(90_000, sender);
    const drift = 1.0001;
    let time = 0;
    for (let ms = 0; ms <= 600_000; ms += 100) {
      time = clock.timeMs(Math.round(ms * drift * 90), ms + 10);
      if (ms % 5_000 === 0) clock.report({ wallClockMs: ms * drift, rtpTime: Math.round(ms * drift * 90) }, ms + 10);
    }
    assert.ok(Math.abs(time - 600_010) < 2, `${time}`);
  });

  it('puts right at once what is off by seconds', () => {
    const sender = new SenderClock();
    const audio = new Stream(sender, { clockRate: 48_000 });
    const video = new Stream(sender, { delayMs: 3_000 });
    audio.report(0, 0);
    audio.come(0);
    video.come(0);
    video.report(20, 0);
    assert.ok(Math.abs(video.come(40) - audio.come(40)) < 0.1);
  });

  it('does not believe a report that is out of all reason', () => {
    const sender = new SenderClock();
    const stream = new Stream(sender);
    stream.come(0);
    stream.report(0);
    stream.clock.report({ wallClockMs: 100, rtpTime: 0x7fffffff }, 110);
    stream.clock.report({ wallClockMs: undefined, rtpTime: 0x7fffffff }, 110);
    assert.ok(Math.abs(stream.come(200) - 200) < 11);
  });

  it('begins anew when the RTP time jumps', () => {
    const stream = new Stream(new SenderClock());
    stream.come(0);
    stream.report(0);
    assert.equal(stream.clock.timeMs(1_000_000_000, 500), 500);
    assert.ok(Math.abs(stream.clock.timeMs(1_000_000_000 + 9_000, 600) - 600) < 0.1);
  });

  it('is never further than ten seconds from the arrival, whatever a sender says', () => {
    const event = fc.record({
      report: fc.boolean(),
      rtpTime: fc.nat(0xffffffff),
      wallClockMs: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
      passedMs: fc.nat(20_000),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const clock = new MediaClock(90_000, new SenderClock());
        let nowMs = 0;
        for (const { report, rtpTime, wallClockMs, passedMs } of events) {
          nowMs += passedMs;
          if (report) clock.report({ wallClockMs, rtpTime }, nowMs);
          else assert.ok(Math.abs(clock.timeMs(rtpTime, nowMs) - nowMs) <= 10_000.001);
        }
      }),
    );
  });
});
