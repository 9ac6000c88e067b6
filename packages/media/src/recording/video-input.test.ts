import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RtpPacket } from '../rtp/packet.ts';
import { packet } from '../rtp/rtp.fixture.ts';
import { SenderClock } from '../rtp/sender-clock.ts';
import { VideoInput } from './video-input.ts';

const LOW = 1;
const HIGH = 2;
const FRAME_MS = 100;

/** Pictures of two layers, each in a packet whose last byte tells the layer. */
class TwoLayers {
  readonly input: VideoInput;
  readonly shown: string[] = [];
  keyFramesAsked = 0;
  nowMs = 0;
  #sequence = new Map<number, number>();

  constructor() {
    this.input = new VideoInput({
      codec: 'h264',
      ssrcs: [LOW, HIGH],
      sender: new SenderClock(),
      onPicture: ({ keyFrame, units }) => this.shown.push(`${keyFrame ? 'key' : 'other'} ${units.at(-1)?.at(-1)}`),
      requestKeyFrame: () => {
        this.keyFramesAsked += 1;
      },
    });
  }

  /** For a second the low layer alone has come, without a key frame: whoever waited for the high one waits no more. */
  static withLowAlone(): TwoLayers {
    const layers = new TwoLayers();
    for (let count = 0; count < 12; count += 1) assert.deepEqual(layers.send([LOW], 'other'), []);
    return layers;
  }

  /** One picture of each of the layers. */
  send(layers: readonly number[], kind: 'key' | 'other' | 'lost'): string[] {
    this.nowMs += FRAME_MS;
    const before = this.shown.length;
    for (const ssrc of layers) {
      const sequenceNumber = this.#sequence.get(ssrc) ?? 0;
      this.#sequence.set(ssrc, sequenceNumber + 1);
      if (kind !== 'lost') this.input.push(this.#packet(ssrc, sequenceNumber, kind), this.nowMs);
    }
    this.input.expire(this.nowMs);
    return this.shown.slice(before);
  }

  #packet(ssrc: number, sequenceNumber: number, kind: 'key' | 'other'): RtpPacket {
    // A sequence parameter set in front shows where a key frame begins, the first bit of a slice where another one does.
    const payload = kind === 'key' ? Buffer.of(24, 0, 2, 0x67, 1, 0, 3, 0x65, 0x88, ssrc) : Buffer.of(0x41, 0x9a, ssrc);
    return packet({ ssrc, sequenceNumber, marker: true, rtpTime: 90 * this.nowMs, payload });
  }
}

describe('a video input', () => {
  it('begins with the highest layer, for which it waits a second', () => {
    const layers = new TwoLayers();
    assert.deepEqual(layers.send([LOW], 'key'), []);
    assert.deepEqual(layers.send([LOW, HIGH], 'key'), ['key 2']);
    assert.deepEqual(layers.send([LOW, HIGH], 'other'), ['other 2']);
    assert.deepEqual(TwoLayers.withLowAlone().send([LOW], 'key'), ['key 1']);
  });

  it('waits for a key frame, and asks for it', () => {
    const layers = TwoLayers.withLowAlone();
    assert.deepEqual(layers.send([LOW], 'other'), []);
    assert.ok(layers.keyFramesAsked > 0);
    assert.deepEqual(layers.send([LOW], 'key'), ['key 1']);
    assert.deepEqual(layers.send([LOW], 'other'), ['other 1']);
  });

  it('leaves out what follows a loss up to the next key frame', () => {
    const layers = TwoLayers.withLowAlone();
    layers.send([LOW], 'key');
    layers.send([LOW], 'lost');
    // What is lost may still come for a while.
    const shown = Array.from({ length: 8 }, () => layers.send([LOW], 'other')).flat();
    assert.deepEqual(shown, []);
    assert.ok(layers.keyFramesAsked > 0);
    assert.deepEqual(layers.send([LOW], 'key'), ['key 1']);
  });

  it('changes to a higher layer that keeps coming, at its key frame', () => {
    const layers = TwoLayers.withLowAlone();
    layers.send([LOW], 'key');
    const before = layers.keyFramesAsked;
    for (let count = 0; count < 15; count += 1) assert.deepEqual(layers.send([LOW, HIGH], 'other'), ['other 1']);
    assert.ok(layers.keyFramesAsked > before);
    assert.deepEqual(layers.send([LOW, HIGH], 'key'), ['key 1', 'key 2']);
    assert.deepEqual(layers.send([LOW, HIGH], 'other'), ['other 2']);
    assert.deepEqual(layers.send([LOW, HIGH], 'key'), ['key 2']);
  });

  it('does not change to a layer that has only begun to come', () => {
    const layers = TwoLayers.withLowAlone();
    layers.send([LOW], 'key');
    assert.deepEqual(layers.send([LOW, HIGH], 'key'), ['key 1']);
  });

  it('changes to a lower layer when the one that it shows does not come any more', () => {
    const layers = new TwoLayers();
    layers.send([LOW, HIGH], 'key');
    for (let count = 0; count < 15; count += 1) layers.send([LOW, HIGH], 'other');
    layers.send([LOW, HIGH], 'key');
    const shown = Array.from({ length: 20 }, () => layers.send([LOW], 'other')).flat();
    assert.deepEqual(shown, []);
    assert.deepEqual(layers.send([LOW], 'key'), ['key 1']);
    assert.deepEqual(layers.send([LOW], 'other'), ['other 1']);
  });

  it('takes what has come for all there is when it is flushed, and begins anew with a key frame', () => {
    const layers = TwoLayers.withLowAlone();
    layers.send([LOW], 'key');
    layers.input.flush(layers.nowMs);
    assert.deepEqual(layers.send([LOW], 'other'), []);
    assert.deepEqual(layers.send([LOW], 'key'), ['key 1']);
  });
});
