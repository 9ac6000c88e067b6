import { LOOK_AHEAD_SAMPLES } from './limiter.ts';
import type { SimulatedSpeaker } from './simulated-speaker.fixture.ts';
import { SoundMix } from './sound-mix.ts';

export interface Listening {
  readonly seconds: number;
  readonly speakers: readonly SimulatedSpeaker[];
  /** At a time, in milliseconds. @default 100 */
  delayMs?(nowMs: number): number;
  /** Who is listened to at a time. @default all */
  present?(nowMs: number): readonly SimulatedSpeaker[];
}

/** What is heard from time 0 on: one sample after the other, in step with the clock on which packets come. */
export function listen(listening: Listening): { left: Float32Array; right: Float32Array } {
  const frames = Math.ceil((listening.seconds * 48_000) / 1_024);
  const left = new Float32Array(frames * 1_024);
  const right = new Float32Array(frames * 1_024);
  const mix = new SoundMix();
  for (let frame = 0; frame < frames; frame += 1) {
    const nowMs = ((frame + 1) * 1_024 + LOOK_AHEAD_SAMPLES) / 48;
    for (const speaker of listening.speakers) speaker.advance(nowMs);
    const shownMs = nowMs - 1_024 / 48;
    const delayMs = listening.delayMs?.(nowMs) ?? 100;
    const present = listening.present?.(nowMs) ?? listening.speakers;
    const planes = mix.next(
      shownMs - delayMs,
      present.map(({ sound }) => sound),
    );
    left.set(planes[0], frame * 1_024);
    right.set(planes[1], frame * 1_024);
  }
  for (const { sound } of listening.speakers) sound.close();
  return { left, right };
}

/** How sharp the sharpest corner is: a click is far sharper than the sound around it. */
export function sharpest(plane: Float32Array): number {
  let sharpest = 0;
  for (let index = 2; index < plane.length; index += 1) {
    const turn = (plane[index - 2] ?? 0) - 2 * (plane[index - 1] ?? 0) + (plane[index] ?? 0);
    sharpest = Math.max(sharpest, Math.abs(turn));
  }
  return sharpest;
}

export function loudest(plane: Float32Array): number {
  let loudest = 0;
  for (const sample of plane) loudest = Math.max(loudest, Math.abs(sample));
  return loudest;
}

export function effectiveLevel(plane: Float32Array): number {
  let sum = 0;
  for (const sample of plane) sum += sample * sample;
  return Math.sqrt(sum / plane.length);
}
