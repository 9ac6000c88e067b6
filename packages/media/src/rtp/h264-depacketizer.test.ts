import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { H264Depacketizer, readH264Payload } from './h264-depacketizer.ts';
import { packetizeH264 } from './h264-packetizer.ts';
import { MalformedMedia, type MalformedReason } from './malformed-media.ts';
import type { RtpPacket } from './packet.ts';
import { bytes, send } from './rtp.fixture.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const set = hex('6742');
const pictureSet = hex('68ce');
const key = Buffer.concat([hex('65 88'), Buffer.alloc(40, 7)]);
const delta = Buffer.concat([hex('41 9a'), Buffer.alloc(40, 8)]);
/** A slice that does not begin its picture. */
const secondSlice = Buffer.concat([hex('41 4a'), Buffer.alloc(40, 9)]);

function refuses(payload: string, reason: MalformedReason): void {
  assert.throws(
    () => readH264Payload(hex(payload)),
    (error) => error instanceof MalformedMedia && error.reason === reason,
  );
}

/** Pushes packets; undefined stands for one that was lost. */
function depacketize(packets: readonly (RtpPacket | undefined)[]) {
  const depacketizer = new H264Depacketizer();
  const units = packets.flatMap((packet, index) => {
    if (packet) return depacketizer.push(packet, 10 * index);
    depacketizer.lose();
    return [];
  });
  return [...units, ...depacketizer.flush()];
}

const brief = (packets: readonly (RtpPacket | undefined)[]) =>
  depacketize(packets).map(({ complete, afterLoss, keyFrame, units }) => ({
    complete,
    afterLoss,
    keyFrame,
    units: units.length,
  }));

describe('an H.264 payload', () => {
  it('is a NAL unit, several, or a piece of one', () => {
    assert.deepEqual(readH264Payload(hex('4188')), { type: 'units', nalUnits: [hex('4188')] });
    assert.deepEqual(readH264Payload(hex('78 0002 6742 0001 68')), {
      type: 'units',
      nalUnits: [hex('6742'), hex('68')],
    });
    assert.deepEqual(readH264Payload(hex('7c 85 aabb')), {
      type: 'fragment',
      start: true,
      end: false,
      header: 0x65,
      data: hex('aabb'),
    });
  });

  it('is refused in interleaved mode', () => {
    for (const type of ['19', '1a', '1b', '1d']) refuses(`${type} 000000000000`, 'UNSUPPORTED');
  });

  it('is refused when it is cut off', () => {
    for (const payload of ['', '78', '78 00', '78 0002 67', '7c', '7c85']) refuses(payload, 'TRUNCATED');
  });

  it('is refused when it is of a type that does not exist, is put into itself or says that it is damaged', () => {
    for (const payload of ['00aa', '1eaa', '1faa', 'e588', '78 0000', '78 0001 78', '7c 9c aa', '7c 80 aa']) {
      refuses(payload, 'INVALID');
    }
    refuses(`78 ${'0001 68'.repeat(65)}`, 'LIMIT');
  });
});

describe('H.264 access units', () => {
  it('end with the marker, and tell when they came', () => {
    const [first, second] = depacketize(send([packetizeH264([set, pictureSet, key], 30), [delta]]));
    assert.deepEqual(first, {
      rtpTime: 0,
      firstArrivalMs: 0,
      lastArrivalMs: 20,
      keyFrame: true,
      complete: true,
      afterLoss: true,
      units: [set, pictureSet, key],
    });
    assert.equal(second?.keyFrame, false);
    assert.equal(second?.afterLoss, false);
    assert.deepEqual(second?.units, [delta]);
  });

  it('end where the time changes, with a sender that sets no marker', () => {
    const packets = send([[set, key], [delta, secondSlice], [delta]]).map((each) => ({ ...each, marker: false }));
    assert.deepEqual(
      brief(packets).map(({ complete, units }) => [complete, units]),
      [
        [true, 2],
        [true, 2],
        // Nobody knows whether there is more of the last one.
        [false, 1],
      ],
    );
  });

  it('are incomplete when a packet is missing in the midst', () => {
    const [first, second, third] = send([[set, key, secondSlice]]);
    assert.ok(second);
    assert.deepEqual(brief([first, undefined, third]), [
      { complete: false, afterLoss: true, keyFrame: false, units: 2 },
    ]);
  });

  it('are incomplete when a piece of a NAL unit is missing, and go without it', () => {
    const pieces = send([[set], packetizeH264([key], 20), [delta]]);
    for (const missing of [1, 2, 3]) {
      const left = pieces.map((each, index) => (index === missing ? undefined : each));
      const [, damaged] = depacketize(left);
      assert.equal(damaged?.complete, false);
      assert.deepEqual(damaged.units, []);
    }
  });

  it('are incomplete when their end is missing, and the next one is not', () => {
    const [first, , third] = send([[set, key], [delta]]);
    assert.deepEqual(brief([first, undefined, third]), [
      { complete: false, afterLoss: true, keyFrame: false, units: 1 },
      { complete: true, afterLoss: true, keyFrame: false, units: 1 },
    ]);
  });

  it('are incomplete when they may have begun in what was lost', () => {
    assert.equal(brief([undefined, ...send([[secondSlice]])])[0]?.complete, false);
    assert.equal(brief([undefined, ...send([[delta]])])[0]?.complete, true);
    // Parameter sets may have stood before it.
    assert.equal(brief([undefined, ...send([[key]])])[0]?.complete, false);
    assert.equal(brief([undefined, ...send([[set, key]])])[0]?.complete, true);
  });

  it('take what cannot be read for lost', () => {
    const depacketizer = new H264Depacketizer();
    const [first, second, third] = send([[set, hex('00aa'), key]]);
    assert.ok(first && second && third);
    depacketizer.push(first, 0);
    assert.throws(() => depacketizer.push(second, 0), MalformedMedia);
    const [unit] = depacketizer.push(third, 0);
    assert.equal(unit?.complete, false);
    assert.deepEqual(unit.units, [set, key]);
  });

  it('do not grow without end', () => {
    const depacketizer = new H264Depacketizer();
    const large = Buffer.alloc(65_000, 1);
    const push = () => depacketizer.push({ rtpTime: 0, marker: false, payload: large }, 0);
    assert.throws(
      () => {
        for (let count = 0; count < 100; count += 1) push();
      },
      (error) => error instanceof MalformedMedia && error.reason === 'LIMIT',
    );
    const small = { rtpTime: 1, marker: false, payload: hex('4188') };
    assert.throws(() => {
      for (let count = 0; count < 5_000; count += 1) depacketizer.push(small, 0);
    }, MalformedMedia);
  });

  it('come back from payloads as they were, whatever their sizes', () => {
    const unit = fc.tuple(fc.constantFrom(0x67, 0x65, 0x41, 0x06, 0x01), bytes({ minLength: 1, maxLength: 300 }));
    const unitList = fc.array(
      unit.map(([header, body]) => Buffer.from([header, ...body])),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(
        fc.array(unitList, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 20, max: 200 }),
        (list, size) => {
          const payloads = [[set], ...list].map((units) => packetizeH264(units, size));
          assert.ok(payloads.flat().every(({ length }) => length <= size));
          const received = depacketize(send(payloads));
          assert.ok(received.every(({ complete }) => complete));
          assert.deepEqual(
            received.map(({ units }) => units),
            [[set], ...list],
          );
        },
      ),
    );
  });
});
