import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MalformedMedia } from './malformed-media.ts';
import type { RtpPacket } from './packet.ts';
import { send } from './rtp.fixture.ts';
import { readVp8Payload, Vp8Depacketizer } from './vp8-depacketizer.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const keyStart = hex('10 00aa');
const deltaStart = hex('10 01bb');
const rest = hex('00 cc');

function depacketize(packets: readonly (RtpPacket | undefined)[]) {
  const depacketizer = new Vp8Depacketizer();
  return packets.flatMap((packet) => {
    if (packet) return depacketizer.push(packet, 0);
    depacketizer.lose();
    return [];
  });
}

describe('a VP8 payload', () => {
  it('goes without its descriptor, whatever is in that', () => {
    for (const descriptor of [
      '10',
      '90 00',
      '90 80 05',
      '90 80 8005',
      '90 40 01',
      '90 20 01',
      '90 10 01',
      '90 f0 8005 01 01',
    ]) {
      assert.deepEqual(readVp8Payload(hex(`${descriptor} aabb`)), { startsFrame: true, data: hex('aabb') });
    }
  });

  it('begins a frame only with its first partition', () => {
    assert.equal(readVp8Payload(hex('00 aa')).startsFrame, false);
    assert.equal(readVp8Payload(hex('11 aa')).startsFrame, false);
    assert.equal(readVp8Payload(hex('30 aa')).startsFrame, true);
  });

  it('is refused when nothing follows the descriptor', () => {
    for (const payload of ['', '10', '90', '90 80', '90 80 80', '90 f0 8005 01']) {
      assert.throws(() => readVp8Payload(hex(payload)), MalformedMedia);
    }
  });
});

describe('VP8 frames', () => {
  it('are put together of their packets', () => {
    const frames = depacketize(send([[keyStart, rest, rest], [deltaStart]]));
    assert.deepEqual(
      frames.map(({ units, keyFrame, complete }) => ({ units, keyFrame, complete })),
      [
        { units: [hex('00aacccc')], keyFrame: true, complete: true },
        { units: [hex('01bb')], keyFrame: false, complete: true },
      ],
    );
  });

  it('are incomplete when a packet is missing, and end before the gap', () => {
    const [first, , third, next] = send([[keyStart, rest, hex('00 dd')], [deltaStart]]);
    const frames = depacketize([first, undefined, third, next]);
    assert.deepEqual(
      frames.map(({ units, complete, afterLoss }) => ({ units, complete, afterLoss })),
      [
        { units: [hex('00aa')], complete: false, afterLoss: true },
        { units: [hex('01bb')], complete: true, afterLoss: false },
      ],
    );
  });

  it('are nothing without their beginning, but are told', () => {
    const [, second] = send([[keyStart, rest]]);
    assert.deepEqual(
      depacketize([second]).map(({ units, keyFrame, complete }) => ({ units, keyFrame, complete })),
      [{ units: [], keyFrame: false, complete: false }],
    );
  });
});
