import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { accessUnits, encodeH264, encodeVp8 } from '../rtp/encode.fixture.ts';
import { MalformedMedia } from '../rtp/malformed-media.ts';
import { mutated } from '../rtp/rtp.fixture.ts';
import { CodecFailure } from './codec-failure.ts';
import { ivfFrames } from './ivf.fixture.ts';
import { OpusDecoder } from './opus-decoder.ts';
import { opusPackets } from './opus-packets.fixture.ts';
import { encodeThumbnail } from './thumbnail.ts';
import { Vp8Transcoder } from './vp8-transcoder.ts';

const size = '64x48';

describe('media that is damaged', () => {
  it('is decoded or refused, and nothing else happens: Opus', () => {
    const [packet = Buffer.alloc(0)] = opusPackets('0.5*sin(2*PI*440*t)', { seconds: 0.1 });
    const decoder = new OpusDecoder();
    fc.assert(
      fc.property(mutated(packet), (damaged) => {
        try {
          const { planes, frames } = decoder.decode(damaged);
          assert.ok(planes.every((plane) => plane.length === frames));
        } catch (error) {
          assertRefusal(error);
        }
      }),
      { numRuns: 300, examples: [[Buffer.alloc(0)]] },
    );
    decoder.close();
  });

  it('is decoded or refused, and nothing else happens: VP8', async () => {
    const frames = ivfFrames(encodeVp8({ size, frames: 6 }));
    const transcoder = new Vp8Transcoder();
    await fc.assert(
      fc.asyncProperty(fc.tuple(...frames.map(mutated)), async (damaged) => {
        const outcomes = await Promise.allSettled(damaged.map((frame) => transcoder.transcode(frame)));
        for (const outcome of outcomes) if (outcome.status === 'rejected') assertRefusal(outcome.reason);
      }),
      { numRuns: 50 },
    );
    assert.ok(await transcoder.transcode(frames[0] as Buffer));
    await transcoder.close();
  });

  it('is decoded or refused, and nothing else happens: the key frame of a thumbnail', async () => {
    const [key] = accessUnits(encodeH264({ size, frames: 1 }));
    await fc.assert(
      fc.asyncProperty(fc.tuple(...(key?.units ?? []).map(mutated)), async (damaged) => {
        await encodeThumbnail('h264', damaged).catch(assertRefusal);
      }),
      { numRuns: 50 },
    );
  });
});

function assertRefusal(error: unknown): void {
  assert.ok(
    error instanceof MalformedMedia || (error instanceof CodecFailure && error.reason === 'INVALID_DATA'),
    String(error),
  );
}
