import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { videoSample } from '../hls/video-sample.ts';
import { openParticipantFolder } from './open-participant-folder.ts';
import { ParticipantRecorder } from './participant-recorder.ts';
import { beeps, type SenderOptions, SimulatedPublisher, testPictures } from './publisher.fixture.ts';
import { beepsIn, decodingErrors, type ReadSegment, readSegments } from './read-recording.fixture.ts';
import type { RecordingOptions } from './recording-options.ts';

export const pictures = testPictures();
export const sound = beeps();
/** What Opus adds at the beginning: that much later all of it is heard. */
const OPUS_DELAY_SECONDS = 0.0065;
const TOLERATED_OFF_MS = 45;

type Recorded = ReadSegment[] & { readonly folder: string };

export async function record(
  t: TestContext,
  sender: SenderOptions,
  options: Partial<RecordingOptions> = {},
  keyFrames: 'on request' | 'no key frames' = 'on request',
) {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-recording-'));
  t.after(() => rm(folder, { recursive: true }));
  return recordInto(folder, sender, options, keyFrames);
}

export async function recordInto(
  folder: string,
  sender: SenderOptions,
  options: Partial<RecordingOptions> = {},
  keyFrames: 'on request' | 'no key frames' = 'on request',
) {
  const whole: RecordingOptions = { folder, mediaType: 'AUDIO_VIDEO', targetSegmentDurationSeconds: 4, ...options };
  const files = await openParticipantFolder(folder, whole.targetSegmentDurationSeconds);
  files.on('failed', (fault) => assert.fail(fault));
  const publisher: SimulatedPublisher = new SimulatedPublisher(sender, () => recorder);
  const recorder = new ParticipantRecorder(whole, {
    folder: files,
    kinds: [...(sender.sound ? ['audio' as const] : []), ...(sender.pictures ? ['video' as const] : [])],
    clock: { nowMs: () => publisher.nowMs, wallClockMs: () => Date.UTC(2026, 0, 1) + publisher.nowMs },
    requestKeyFrame: () => keyFrames === 'on request' && publisher.requestKeyFrame(),
    onFailed: (error) => assert.fail(error instanceof Error ? error : String(error)),
  });
  publisher.begin();
  const stop = () => recorder.stop();
  const finish = async (): Promise<Recorded> => {
    await stop();
    return Object.assign(await readSegments(folder), { folder: join(folder, 'media/hls/high/playlist.m3u8') });
  };
  return { folder, files, publisher, stop, finish };
}

/** Segments go on from each other without a gap, in sound and picture, and each can be decoded by itself. */
export function checkWhole(segments: readonly ReadSegment[]): void {
  assert.ok(segments.length > 0);
  for (const [index, segment] of segments.entries()) {
    for (const kind of ['video', 'audio'] as const) {
      const last = segments[index - 1]?.[kind].at(-1);
      const [first] = segment[kind];
      if (last && first)
        assert.ok(Math.abs(first.at - last.at - last.duration) < 1e-6, `${segment.uri}: a gap in ${kind}`);
    }
  }
  assert.deepEqual(decodingErrors(segments), []);
}

export function duration(segments: readonly ReadSegment[]): number {
  return segments.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
}

export function pictureOf(sample: Buffer | undefined): number {
  return sample === undefined ? -1 : pictures.findIndex((units) => videoSample(units).equals(sample));
}

/** All sound is there and heard when it was captured, as far as pictures are seen when they were, all along. */
export async function checkSync(
  segments: readonly ReadSegment[],
  publisher: SimulatedPublisher,
  { toleratedSeconds = 0.02, silentSeconds = 0 } = {},
) {
  const zero = publisher.captured[0]?.atMs ?? 0;
  for (const { at, capturedMs } of shownPictures(segments, publisher)) {
    const off = at - (capturedMs - zero) / 1_000;
    assert.ok(Math.abs(off) <= toleratedSeconds, `a picture is off by ${off} s at ${at} s`);
  }
  const beeps = beepsIn(segments);
  assert.equal(beeps.length, Math.ceil(duration(segments) - silentSeconds - 0.1));
  for (const at of beeps) {
    const captured = at + zero / 1_000 - OPUS_DELAY_SECONDS;
    const off = captured - Math.round(captured);
    assert.ok(Math.abs(off) <= toleratedSeconds, `a beep is off by ${off} s at ${at} s`);
  }
}

/**
 * Sound is heard when what was captured with it is seen, of whichever packets came when: by 45 ms at most, all along. And no
 * second is without pictures, or without its beep unless it is among those that came too late.
 */
export function checkTogether(
  segments: readonly ReadSegment[],
  publisher: SimulatedPublisher,
  { unheardSeconds = [] }: { readonly unheardSeconds?: readonly number[] } = {},
): void {
  const shown = shownPictures(segments, publisher);
  const offMs: number[] = [];
  const heard = new Set<number>();
  for (const at of beepsIn(segments)) {
    const seen = shown.findLast((picture) => picture.at <= at) ?? shown[0];
    if (!seen) continue;
    const captured = seen.capturedMs / 1_000 + at - seen.at - OPUS_DELAY_SECONDS;
    heard.add(Math.round(captured));
    offMs.push(Math.round(1_000 * (captured - Math.round(captured))));
  }
  assert.ok(
    offMs.every((ms) => Math.abs(ms) <= TOLERATED_OFF_MS),
    `sound is behind its picture by ${offMs} ms`,
  );
  const [first, last] = [shown[0], shown.at(-1)].map((picture) => (picture?.capturedMs ?? Number.NaN) / 1_000);
  for (let second = Math.ceil(first ?? 0); second < (last ?? 0) - 0.2; second += 1) {
    assert.ok(
      heard.has(second) || unheardSeconds.includes(second),
      `of second ${second} there is no sound, of ${[...heard]}`,
    );
    assert.ok(
      shown.some(({ capturedMs }) => Math.floor(capturedMs / 1_000) === second),
      `of second ${second} there is no picture`,
    );
  }
}

/**
 * The publisher's pictures, when they are seen. They come anew at each key frame: each is taken for that capture of it which is
 * nearest to when it ought to be seen.
 */
function shownPictures(segments: readonly ReadSegment[], publisher: SimulatedPublisher) {
  const zeroMs = publisher.captured[0]?.atMs ?? 0;
  return segments
    .flatMap(({ video }) => video)
    .flatMap(({ at, data }) => {
      const picture = pictureOf(data);
      if (picture === -1) return [];
      const captures = publisher.captured.filter((capture) => capture.picture === picture);
      const offMs = ({ atMs }: { readonly atMs: number }) => Math.abs(atMs - zeroMs - 1_000 * at);
      const [nearest] = captures.sort((one, other) => offMs(one) - offMs(other));
      return nearest ? [{ at, capturedMs: nearest.atMs }] : [];
    });
}
