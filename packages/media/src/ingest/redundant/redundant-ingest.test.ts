import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { OpusDecoder } from '../../codec/opus-decoder.ts';
import { encodeH264 } from '../../rtp/encode.fixture.ts';
import type { AccessUnit } from '../../rtp/index.ts';
import { encodeAac } from '../aac.fixture.ts';
import { type Pair, Stand } from '../ingest-stand.fixture.ts';
import { pictures, type Sending, type Sent, send, sounds } from '../sent-media.fixture.ts';
import { Viewer } from '../viewer.fixture.ts';

const SECONDS = 6;
const TONE_HZ = 1_000;
const FRAME_TICKS = 3_000;
/** When the second encoder begins, which sends the same as the first one a little later. */
const JOINED_MS = 1_000;
const LATER_MS = 120;
/** When the first one ends. */
const ENDED_MS = 3_000;

const asMade: Sending = (mediaMs) => mediaMs;
const later: Sending = (mediaMs) => mediaMs + LATER_MS;

describe('two encoders by RTMP, seen through the SFU', { timeout: 120_000, concurrency: true }, () => {
  const stand = new Stand();
  const video = encodeH264({ frames: 30 * SECONDS, arguments: ['-g', '30', '-bf', '0'] });
  const otherVideo = encodeH264({ frames: 30 * SECONDS, arguments: ['-g', '45', '-bf', '0', '-qp', '30'] });
  const audio = encodeAac(`0.5*sin(${TONE_HZ}*2*PI*t)`, { sampleRateHz: 44_100, channels: 1, seconds: SECONDS });
  before(() => stand.open());
  after(() => stand.close());

  /** By one clock, so that what holds up one of them holds up the other one too. @param end called once, when the first one ends */
  async function sendBoth({ one, other }: Pair, videoOfOther: Buffer, end: () => void): Promise<void> {
    const first = [...pictures(video, asMade), ...sounds(audio, asMade)].filter(({ atMs }) => atMs < ENDED_MS);
    const second = [...pictures(videoOfOther, later), ...sounds(audio, later)];
    const isConfiguration = ({ atMs }: Sent) => atMs === 0;
    await send(one, [
      ...first,
      { atMs: ENDED_MS, send: end },
      ...second
        .filter((thing) => isConfiguration(thing) || thing.atMs >= JOINED_MS)
        .map((thing) => ({ atMs: thing.atMs, send: () => thing.send(other) })),
    ]);
  }

  it('are one stream without a seam where they send the same and the first one’s connection ends', async (t) => {
    const pair = await stand.publishPairByHand(t);
    const viewer = await Viewer.watch(pair.publisher);
    await sendBoth(pair, video, () => pair.one.close());
    assert.deepEqual(pair.switches, ['other ended']);
    const { video: seen, audio: heard } = viewer.units;
    assert.ok(seen.length > 30 * (SECONDS - 2), `${seen.length} pictures`);
    assert.deepEqual(lossesOf(seen), []);
    // Timestamps are of whole milliseconds.
    const uneven = stepsOf(seen).filter((ticks) => Math.abs(ticks - FRAME_TICKS) > 90);
    assert.deepEqual(uneven, []);
    assert.deepEqual(new Set(stepsOf(heard)), new Set([960]));
    assert.ok(roughness(heard) < MOST_ROUGH, `${roughness(heard)}`);
    t.diagnostic(`no picture for ${longestBreakMs(seen)} ms and no sound for ${longestBreakMs(heard)} ms at most`);
  });

  it('are one stream that goes on with a key frame where they do not, when the first one falls silent', async (t) => {
    const pair = await stand.publishPairByHand(t);
    const viewer = await Viewer.watch(pair.publisher);
    await sendBoth(pair, otherVideo, () => undefined);
    assert.equal(pair.switches[0], 'other silent');
    const { video: seen, audio: heard } = viewer.units;
    assert.deepEqual(lossesOf(seen), []);
    t.diagnostic(
      `no picture for ${longestBreakMs(seen)} ms and no sound for ${longestBreakMs(heard)} ms at most, half a second of it waited`,
    );
    assert.ok(stepsOf(seen).every((ticks) => ticks > 0));
    assert.deepEqual(new Set(stepsOf(heard)), new Set([960]));
    assert.ok(roughness(heard) < MOST_ROUGH, `${roughness(heard)}`);
    // The other one's groups are longer: what is seen in the end is told by the distance of its key frames.
    const keyFrames = seen.flatMap(({ keyFrame }, index) => (keyFrame ? [index] : []));
    assert.equal((keyFrames.at(-1) ?? 0) - (keyFrames.at(-2) ?? 0), 45);
  });
});

/** A tone without a seam has less than a fiftieth of it, one that is put together hard ten times as much. */
const MOST_ROUGH = 0.002;

function longestBreakMs(units: readonly AccessUnit[]): number {
  const breaks = units.slice(1).map((unit, index) => unit.firstArrivalMs - (units[index] ?? unit).firstArrivalMs);
  return Math.round(Math.max(...breaks));
}

/** Of all but the first, before which nothing is known. */
function lossesOf(units: readonly AccessUnit[]): number[] {
  return units.slice(1).flatMap(({ complete, afterLoss }, index) => (complete && !afterLoss ? [] : [index]));
}

function stepsOf(units: readonly AccessUnit[]): number[] {
  // RTP times wrap.
  return units.slice(1).map(({ rtpTime }, index) => (rtpTime - (units[index]?.rtpTime ?? 0)) | 0);
}

/** How far a sample is from where a tone has it after the two before, at most: a click is heard as that. */
function roughness(units: readonly AccessUnit[]): number {
  const decoder = new OpusDecoder();
  const samples = units.flatMap(({ units: [packet] }) => [...(decoder.decode(packet ?? Buffer.of()).planes[0] ?? [])]);
  decoder.close();
  const turn = 2 * Math.cos((2 * Math.PI * TONE_HZ) / 48_000);
  // It begins with what the encoder of the source makes of the beginning.
  const whole = samples.slice(48_000, -48_000);
  assert.ok(Math.max(...whole.slice(0, 48_000)) > 0.4, 'the tone is heard');
  return whole.reduce((most, sample, index) => {
    const [before = 0, after = 0] = [whole[index - 1] ?? whole[1], whole[index + 1] ?? whole.at(-2)];
    return index === 0 || index === whole.length - 1 ? most : Math.max(most, Math.abs(before + after - turn * sample));
  }, 0);
}
