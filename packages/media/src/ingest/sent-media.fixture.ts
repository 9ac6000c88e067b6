import assert from 'node:assert/strict';
import type { RtmpPublisher } from '../rtmp/index.ts';
import { accessUnits } from '../rtp/encode.fixture.ts';
import { NAL_UNIT_TYPE, nalUnitType } from '../rtp/index.ts';
import type { EncodedAac } from './aac.fixture.ts';

const FRAME_MS = 1_000 / 30;

/** When something is sent, by its time. */
export type Sending = (mediaMs: number) => number;

/** One thing that an encoder sends, and when, in milliseconds after it began. */
export interface Sent {
  readonly atMs: number;
  send(rtmp: RtmpPublisher): void;
}

/** The pictures of a byte stream that has delimiters, 30 a second. */
export function pictures(stream: Buffer, sentAt: Sending): Sent[] {
  const [first, ...others] = accessUnits(stream);
  assert.ok(first);
  const setOf = (type: number) => first.units.filter((unit) => nalUnitType(unit) === type);
  const { sequenceParameterSet, pictureParameterSet } = NAL_UNIT_TYPE;
  const sets = { sps: setOf(sequenceParameterSet), pps: setOf(pictureParameterSet) };
  const config = { kind: 'config', trackId: 0, timestampMs: 0, ...sets } as const;
  return [
    { atMs: 0, send: (rtmp) => rtmp.sendVideo(config) },
    ...[first, ...others].map(({ units: nalUnits, keyFrame }, index): Sent => {
      const timestampMs = Math.round(index * FRAME_MS);
      const tag = { kind: 'picture', trackId: 0, timestampMs, compositionTimeMs: 0, keyFrame, nalUnits } as const;
      return { atMs: sentAt(timestampMs), send: (rtmp) => rtmp.sendVideo(tag) };
    }),
  ];
}

export function sounds({ audioSpecificConfig, frames }: EncodedAac, sentAt: Sending): Sent[] {
  const config = { kind: 'config', trackId: 0, timestampMs: 0, audioSpecificConfig } as const;
  return [
    { atMs: 0, send: (rtmp) => rtmp.sendAudio(config) },
    ...frames.map(({ data, mediaMs }): Sent => {
      const timestampMs = Math.max(0, Math.round(mediaMs));
      const tag = { kind: 'frame', trackId: 0, timestampMs, data } as const;
      return { atMs: sentAt(timestampMs), send: (rtmp) => rtmp.sendAudio(tag) };
    }),
  ];
}

/** Sends each thing at its time, until `isEnough`. @returns when it began, by performance.now() */
export async function send(
  rtmp: RtmpPublisher,
  things: readonly Sent[],
  isEnough: () => boolean = () => false,
): Promise<number> {
  const inOrder = things.toSorted((a, b) => a.atMs - b.atMs);
  const startMs = performance.now();
  for (const { atMs, send: sendIt } of inOrder) {
    if (isEnough()) break;
    const delayMs = startMs + atMs - performance.now();
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    sendIt(rtmp);
  }
  return startMs;
}
