import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { opusPackets } from '../../codec/opus-packets.fixture.ts';
import { packet } from '../../rtp/rtp.fixture.ts';
import { SenderClock } from '../../rtp/sender-clock.ts';
import { CEILING } from './limiter.ts';
import { effectiveLevel, listen, loudest, sharpest } from './listener.fixture.ts';
import { ParticipantSound } from './participant-sound.ts';
import {
  encodeSecond,
  SimulatedSpeaker,
  SPEAKER_SSRC,
  type SpeakerOptions,
  tone,
} from './simulated-speaker.fixture.ts';

const AMPLITUDE = 0.25;
const humming = encodeSecond(tone(440, AMPLITUDE));
const LEVEL = AMPLITUDE * Math.SQRT1_2;
/** The tone's own sharpest corner, and what encoding adds. */
const SMOOTH = AMPLITUDE * ((2 * Math.PI * 440) / 48_000) ** 2 * 1.1;

const BEEP_MS = 500;
/** A soft hum, and a beep within each second. */
const beeping = encodeSecond((timeMs) => {
  const isBeep = timeMs % 1_000 >= BEEP_MS && timeMs % 1_000 < BEEP_MS + 50;
  return isBeep ? tone(2_000, 0.5)(timeMs) : tone(100, 0.05)(timeMs);
});

describe('the sound of a participant', () => {
  it('is as loud as it came, without clicks, from when it comes until it ends', () => {
    const speaker = hum({ fromMs: 600, untilMs: 2_100 });
    const { left, right } = listen({ seconds: 3, speakers: [speaker] });
    assertLevel(left.subarray(at(1_000), at(2_000)), LEVEL);
    assertLevel(right.subarray(at(1_000), at(2_000)), LEVEL);
    assert.ok(sharpest(left) < SMOOTH);
    assert.ok(isSilent(left.subarray(0, at(700))));
    assert.ok(isSilent(left.subarray(at(2_100 + 20 + 100))));
    assert.ok(speaker.latenessMs.every((latenessMs) => Math.abs(latenessMs) < 0.01));
  });

  it('stays on its side', () => {
    const leftOnly = encodeSecond((timeMs) => [tone(440, AMPLITUDE)(timeMs)[0], 0]);
    const { left, right } = listen({ seconds: 1.5, speakers: [new SimulatedSpeaker(leftOnly)] });
    assertLevel(left.subarray(at(500), at(1_400)), LEVEL);
    assert.ok(loudest(right) < 0.02);
  });

  it('may come in packets of any length, in mono as well', () => {
    for (const [channels, application, frameMs] of [
      [1, 'voip', 60],
      [1, 'voip', 10],
      [2, 'lowdelay', 2.5],
      [2, 'audio', 40],
    ] as const) {
      const packets = opusPackets(`${AMPLITUDE}*sin(2*PI*440*t)`, { seconds: 1.2, channels, application, frameMs });
      const speaker = new SimulatedSpeaker({ packets, frameSamples: 48 * frameMs, untilMs: 1_140 });
      const { left, right } = listen({ seconds: 1.5, speakers: [speaker] });
      for (const plane of [left, right]) {
        assertLevel(plane.subarray(at(400), at(1_100)), LEVEL);
        // The encoder itself does not begin smoothly.
        assert.ok(sharpest(plane.subarray(at(200))) < 1.1 * SMOOTH, `packets of ${frameMs} ms`);
      }
    }
  });

  it('fades in and out with one who is listened to only for a while', () => {
    const speakers = [hum(), hum({ driftPpm: -100 })];
    const { left } = listen({
      seconds: 3,
      speakers,
      present: (nowMs) => (nowMs > 1_000 && nowMs < 2_000 ? speakers : speakers.slice(0, 1)),
    });
    assert.ok(sharpest(left) < 2 * SMOOTH);
    assert.ok(loudest(left.subarray(at(1_200), at(1_900))) > 1.5 * AMPLITUDE);
    assertLevel(left.subarray(at(2_100)), LEVEL);
  });

  it('fades out with one who is closed and gone', () => {
    const speaker = hum();
    const present = (nowMs: number) => {
      if (nowMs < 1_000) return [speaker];
      speaker.sound.close();
      return [];
    };
    const { left } = listen({ seconds: 1.5, speakers: [speaker], present });
    assertLevel(left.subarray(at(500), at(900)), LEVEL);
    assert.ok(sharpest(left) < SMOOTH);
    assert.ok(isSilent(left.subarray(at(1_010))));
  });

  it('follows the delay without a click, slowly or at once', () => {
    for (const delays of [
      [100, 160],
      [160, 100],
      [60, 400],
      [400, 60],
    ] as const) {
      const { left } = listen({
        seconds: 7,
        speakers: [beep({ reportsEachMs: 1_000 })],
        delayMs: (nowMs) => delays[nowMs < 2_000 ? 0 : 1],
      });
      assert.ok(sharpest(left) < 1.1 * sharpest(left.subarray(0, at(1_900))));
      const heardMs = beeps(left);
      assertNear(heardMs[0], BEEP_MS + delays[0]);
      assertNear(heardMs.at(-1), BEEP_MS + delays[1] + 6_000);
    }
  });

  it('is heard when it is time, for ten minutes of clocks that drift apart', () => {
    for (const [driftPpm, seconds] of [
      [200, 600],
      [-200, 120],
    ] as const) {
      const speaker = beep({ driftPpm, reportsEachMs: 2_500 });
      const { left } = listen({ seconds, speakers: [speaker] });
      const heardMs = beeps(left);
      assert.ok(heardMs.length >= seconds - 1);
      for (const [index, ms] of heardMs.entries())
        assertNear(ms, (BEEP_MS + 1_000 * index) / (1 + driftPpm / 1e6) + 100);
      assert.ok(sharpest(left) < 1.1 * sharpest(left.subarray(0, at(5_000))));
    }
  });

  it('does not depend on the order in which packets come, nor on their ways', () => {
    const straight = listen({ seconds: 2, speakers: [hum()] });
    const crooked = listen({ seconds: 2, speakers: [hum({ wayMs: (count) => 20 + ((count * 37) % 75) })] });
    assertSame(crooked.left, straight.left);
  });

  it('is silent where packets are lost, without clicks, and goes on where it should', () => {
    const isLost = (count: number) => count % 9 === 5 || (count > 30 && count < 36);
    const { left } = listen({ seconds: 3, speakers: [hum({ isLost })] });
    assert.ok(sharpest(left) < SMOOTH * 1.1, `${sharpest(left)}`);
    assertLevel(left.subarray(at(120 + 20 * 60), at(120 + 20 * 140)), LEVEL * Math.sqrt(8 / 9), 0.7);
    assert.ok(isSilent(left.subarray(at(120 + 20 * 31 + 1), at(120 + 20 * 36 - 1))));
    const beeper = beep({ isLost: (count) => count % 9 === 7, reportsEachMs: 1_000 });
    const heardMs = beeps(listen({ seconds: 5, speakers: [beeper] }).left);
    for (const ms of [1_600, 3_600])
      assert.ok(
        heardMs.some((heard) => Math.abs(heard - ms) < 5),
        String(heardMs),
      );
  });

  it('waits for a late packet for as long as the delay allows', () => {
    const late = (ms: number) => hum({ wayMs: (count) => (count === 60 ? ms : 20) });
    const straight = listen({ seconds: 2, speakers: [hum()] }).left;
    assertSame(listen({ seconds: 2, speakers: [late(110)] }).left, straight);
    const { left } = listen({ seconds: 2, speakers: [late(160)] });
    assert.ok(isSilent(left.subarray(at(120 + 20 * 60 + 1), at(120 + 20 * 61 - 1))));
    const after = at(120 + 20 * 66);
    assertSame(left.subarray(after), straight.subarray(after), 0.01);
    assert.ok(sharpest(left) < SMOOTH * 1.1);
  });

  it('tells how late packets come', () => {
    const speaker = hum({ wayMs: (count) => (count === 40 ? 90 : 20) });
    listen({ seconds: 1, speakers: [speaker] });
    assert.equal(Math.round(speaker.latenessMs[40] ?? 0), 70);
    assert.ok((speaker.latenessMs[20] ?? 70) < 1);
  });

  it('goes on after silence in which nothing was sent at its time, without a stutter', () => {
    const isSent = (count: number) => count % 50 >= 20 && count % 50 < 40;
    const { left } = listen({ seconds: 30, speakers: [beep({ isSent, driftPpm: 150, reportsEachMs: 2_500 })] });
    const heardMs = beeps(left);
    assert.ok(heardMs.length >= 29);
    for (const [index, ms] of heardMs.entries()) assertNear(ms, (BEEP_MS + 1_000 * index) / (1 + 150 / 1e6) + 100);
    for (let second = 1; second < 29; second += 1) {
      const spoken = left.subarray(at(second * 1_000 + 400 + 100 + 10), at(second * 1_000 + 800 + 100 - 10));
      assert.ok(spoken.every((_, index) => index % 480 !== 0 || loudest(spoken.subarray(index, index + 480)) > 0.04));
    }
  });

  it('costs nothing while it is silent', () => {
    const silence = encodeSecond(() => [0, 0]);
    const speaker = new SimulatedSpeaker(silence);
    speaker.advance(1_000);
    const planes = [new Float32Array(1_024), new Float32Array(1_024)] as const;
    assert.equal(speaker.sound.mixInto(planes, 700), false);
    const markers = new SimulatedSpeaker({ packets: [Buffer.of(0xf8)] });
    markers.advance(1_000);
    assert.equal(markers.sound.mixInto(planes, 700), false);
    for (const { sound } of [speaker, markers]) sound.close();
  });

  it('is heard again soon after the RTP time jumped, ahead or back', () => {
    for (const jump of [48_000 * 600, 2 ** 32 - 48_000 * 600, 2 ** 31, 2 ** 32 - 30_000]) {
      const rtpOffset = (count: number) => (count < 70 ? 0 : jump);
      const { left } = listen({ seconds: 4, speakers: [hum({ rtpOffset })] });
      assertLevel(left.subarray(at(3_000)), LEVEL);
      assert.ok(sharpest(left) < SMOOTH * 1.1);
    }
  });

  it('does not gather what comes faster than it is spoken', () => {
    const { left } = listen({ seconds: 12, speakers: [hum({ driftPpm: 2_000_000, untilMs: 8_000 })] });
    assert.ok(loudest(left.subarray(at(7_000), at(8_000))) > 0.9 * AMPLITUDE, 'something is heard');
    assert.ok(isSilent(left.subarray(at(9_500))), 'little is left when it ends');
  });

  it('passes over what is no Opus, and what belongs to other streams', () => {
    const packets = humming.packets.map((payload, index) =>
      index % 10 === 4 ? Buffer.from('ffff01020304', 'hex') : payload,
    );
    const { left } = listen({ seconds: 2, speakers: [hum({ packets })] });
    assertLevel(left.subarray(at(600), at(1_600)), LEVEL * Math.sqrt(9 / 10), 0.7);
    assert.ok(sharpest(left) < SMOOTH * 1.1);
    const lateness: number[] = [];
    const sound = new ParticipantSound({ sender: new SenderClock(), onReady: (ms) => lateness.push(ms) });
    sound.push(packet({ ssrc: SPEAKER_SSRC, payload: humming.packets[0] ?? Buffer.alloc(0) }), 0);
    sound.receive(SPEAKER_SSRC, 0);
    sound.push(packet({ ssrc: 5, payload: humming.packets[0] ?? Buffer.alloc(0) }), 0);
    assert.deepEqual(lateness, []);
  });

  it('does not repeat what was said before a pause when it goes on', () => {
    for (const rtpGoesOn of [true, false]) {
      const speaker = hum({
        isSent: (count) => count < 50 || count >= 75,
        rtpOffset: (count) => (rtpGoesOn && count >= 75 ? -25 * 960 : 0),
      });
      const { left } = listen({
        seconds: 3,
        speakers: [speaker],
        present: (nowMs) => {
          if (nowMs > 1_050 && nowMs < 1_080) speaker.sound.pause(true, nowMs);
          if (nowMs > 1_480 && nowMs < 1_510) speaker.sound.pause(false, nowMs);
          return [speaker];
        },
      });
      assertLevel(left.subarray(at(500), at(1_100)), LEVEL);
      assert.ok(isSilent(left.subarray(at(1_121), at(1_619))));
      assertLevel(left.subarray(at(1_700)), LEVEL);
      assert.ok(sharpest(left) < SMOOTH * 1.1);
    }
  });

  it('goes from one stream to the next without a click, and is silent after the last one', () => {
    const speaker = hum({ rtpOffset: (count) => (count < 50 ? 0 : 123_456) });
    const { left } = listen({
      seconds: 3,
      speakers: [speaker],
      present: (nowMs) => {
        if (nowMs > 1_000 && nowMs < 1_022) speaker.sound.receive(SPEAKER_SSRC, nowMs);
        if (nowMs > 2_000) speaker.sound.end(nowMs);
        return [speaker];
      },
    });
    assertLevel(left.subarray(at(1_200), at(2_000)), LEVEL);
    assert.ok(sharpest(left) < SMOOTH * 1.1);
    assert.ok(isSilent(left.subarray(at(2_130))));
  });

  it('is heard once where two streams say that they are of one time', () => {
    const speaker = hum({ wayMs: (count) => (count < 49 ? 28 : 15) });
    const { left } = listen({
      seconds: 2,
      speakers: [speaker],
      present: (nowMs) => {
        if (nowMs > 1_000 && nowMs < 1_022) speaker.sound.receive(SPEAKER_SSRC, nowMs);
        return [speaker];
      },
    });
    assert.ok(loudest(left) < 1.1 * AMPLITUDE);
    assert.ok(sharpest(left) < SMOOTH * 1.1);
    assertLevel(left.subarray(at(1_200)), LEVEL);
  });

  it('may be one of twelve that are as loud as can be', () => {
    const loud = encodeSecond(tone(440, 0.99), 128_000);
    const speakers = Array.from({ length: 12 }, () => new SimulatedSpeaker(loud));
    const { left, right } = listen({ seconds: 2, speakers });
    for (const plane of [left, right]) {
      assert.ok(loudest(plane) <= CEILING + 1e-6);
      assert.ok(loudest(plane.subarray(at(1_000))) > 0.7);
      assert.ok(sharpest(plane.subarray(at(1_000))) < (SMOOTH / AMPLITUDE) * CEILING);
    }
  });
});

function hum(options: Partial<SpeakerOptions> = {}): SimulatedSpeaker {
  return new SimulatedSpeaker({ ...humming, ...options });
}

function beep(options: Partial<SpeakerOptions> = {}): SimulatedSpeaker {
  return new SimulatedSpeaker({ ...beeping, ...options });
}

/** Index of the sample that is heard at a time. */
function at(timeMs: number): number {
  return Math.round(timeMs * 48);
}

/** When beeps begin, in milliseconds. */
function beeps(plane: Float32Array): number[] {
  const heardMs: number[] = [];
  for (let index = 0; index < plane.length; index += 1) {
    if (Math.abs(plane[index] ?? 0) < 0.2) continue;
    heardMs.push(index / 48);
    index += at(400);
  }
  return heardMs;
}

function isSilent(plane: Float32Array): boolean {
  return plane.length > 0 && plane.every((sample) => sample === 0);
}

function assertLevel(plane: Float32Array, level: number, decibels = 0.5): void {
  const off = 20 * Math.log10(effectiveLevel(plane) / level);
  assert.ok(Math.abs(off) < decibels, `${off} dB too loud`);
}

function assertSame(plane: Float32Array, expected: Float32Array, tolerance = 0): void {
  assert.equal(plane.length, expected.length);
  const index = plane.findIndex((sample, each) => !(Math.abs(sample - (expected[each] ?? 0)) <= tolerance));
  assert.equal(index, -1, `${plane[index]} instead of ${expected[index]} after ${index / 48} ms`);
}

function assertNear(heardMs = Number.NaN, expectedMs: number): void {
  assert.ok(Math.abs(heardMs - expectedMs) < 5, `heard at ${heardMs} instead of ${expectedMs} ms`);
}
