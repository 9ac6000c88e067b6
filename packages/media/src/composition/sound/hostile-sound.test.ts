import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { bytes, packet } from '../../rtp/rtp.fixture.ts';
import { SenderClock } from '../../rtp/sender-clock.ts';
import { judge } from './decoded-sound.ts';
import { CEILING } from './limiter.ts';
import { loudest } from './listener.fixture.ts';
import { ParticipantSound } from './participant-sound.ts';
import { encodeSecond, tone } from './simulated-speaker.fixture.ts';
import { SoundMix } from './sound-mix.ts';

const humming = encodeSecond(tone(440, 0.25));

it('bears whatever packets and times come from a participant', () => {
  const step = fc.record({
    payload: fc.oneof(fc.nat(7), bytes({ maxLength: 40 })),
    sequence: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.integer({ min: -5_000, max: 5_000 })),
    ticks: fc.oneof({ weight: 8, arbitrary: fc.constant(960) }, fc.integer({ min: -(2 ** 31), max: 2 ** 31 })),
    afterMs: fc.oneof({ weight: 8, arbitrary: fc.constant(20) }, fc.integer({ min: 0, max: 3_000 })),
    wallClockMs: fc.option(fc.integer({ min: 0, max: 2 ** 42 }), { freq: 10 }),
    news: fc.constantFrom('none', 'none', 'none', 'receive', 'pause', 'end'),
    delayMs: fc.integer({ min: 0, max: 500 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
      const sound = new ParticipantSound({ sender: new SenderClock(), onReady: () => undefined });
      const mix = new SoundMix();
      sound.receive(1, 0);
      let [sequenceNumber, rtpTime, nowMs] = [0, 0, 0];
      for (const { payload, sequence, ticks, afterMs, wallClockMs, news, delayMs } of steps) {
        sequenceNumber = (sequenceNumber + sequence) & 0xffff;
        rtpTime = (rtpTime + ticks) >>> 0;
        nowMs += afterMs;
        sound.push(packet({ ssrc: 1, sequenceNumber, rtpTime, payload: bytesOf(payload) }), nowMs);
        if (wallClockMs !== null) sound.report({ wallClockMs, rtpTime }, nowMs);
        if (news === 'receive') sound.receive(1, nowMs);
        if (news === 'pause') sound.pause(nowMs % 2 === 0, nowMs);
        if (news === 'end' && nowMs % 7 === 0) sound.end(nowMs);
        sound.expire(nowMs);
        for (const plane of mix.next(nowMs - delayMs, [sound])) assert.ok(loudest(plane) <= CEILING + 1e-6);
      }
      sound.close();
    }),
    { numRuns: 100 },
  );
});

it('keeps what was decoded within bounds, and takes what is no number for silence', () => {
  const of = (...samples: number[]) => ({ planes: [Float32Array.from(samples)], frames: samples.length });
  assert.deepEqual(judge(of(0.5, -0.25)), { sound: of(0.5, -0.25), audible: true });
  assert.deepEqual(judge(of(1e-5, -1e-5)), { sound: of(1e-5, -1e-5), audible: false });
  assert.deepEqual(judge(of(0.5, 40, -7)), { sound: of(0.5, 1, -1), audible: true });
  for (const sample of [Number.NaN, Infinity]) {
    const { sound, audible } = judge(of(0.5, sample, 0.5));
    assert.equal(audible, false);
    assert.ok(sound.planes.every((plane) => plane.every((each) => each === 0)));
  }
});

/** A packet of the tone by its number, or what is given. */
function bytesOf(payload: number | Buffer): Buffer {
  return typeof payload === 'number' ? (humming.packets[payload] ?? Buffer.alloc(0)) : payload;
}
