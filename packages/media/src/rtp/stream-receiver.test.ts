import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AccessUnit } from './access-unit.ts';
import { packetizeH264 } from './h264-packetizer.ts';
import type { MalformedMedia } from './malformed-media.ts';
import type { RtpPacket } from './packet.ts';
import { packet, send } from './rtp.fixture.ts';
import { StreamReceiver } from './stream-receiver.ts';

const fault = (error: MalformedMedia) => assert.fail(error);

/** Each packet 10 ms after the one before. */
function receive(packets: readonly RtpPacket[], codec: 'h264' | 'vp8' | 'opus' = 'h264'): AccessUnit[] {
  const receiver = new StreamReceiver(codec, { onMalformed: fault });
  return [...packets.flatMap((each, index) => receiver.push(each, 10 * index)), ...receiver.flush()];
}

/** NAL units as an encoder orders them, each told apart by its content. */
const accessUnit = fc
  .record({
    key: fc.boolean(),
    slices: fc.array(fc.integer({ min: 3, max: 250 }), { minLength: 1, maxLength: 4 }),
  })
  .map(({ key, slices }): Buffer[] => {
    const sets = key ? [Buffer.from('67420a', 'hex'), Buffer.from('68ce', 'hex')] : [];
    return [
      ...sets,
      ...slices.map((length, index) => {
        const slice = Buffer.alloc(length, index + 1);
        slice[0] = key ? 0x65 : 0x41;
        slice[1] = index === 0 ? 0x88 : 0x48;
        return slice;
      }),
    ];
  });

/** For each packet whether it is lost or comes twice, and how many places later it comes. */
const ways = fc.array(
  fc.record({ lost: fc.nat(9).map((n) => n === 0), twice: fc.nat(9).map((n) => n === 0), later: fc.nat(6) }),
  { minLength: 400, maxLength: 400 },
);

describe('a receiver', () => {
  it('gives whole access units in order, whatever is lost, comes twice or in disorder', () => {
    fc.assert(
      fc.property(
        fc.array(accessUnit, { minLength: 1, maxLength: 20 }),
        ways,
        fc.nat(0xffff),
        fc.nat(0xffffffff),
        (units, way, sequenceNumber, rtpTime) => {
          const sent = send(
            units.map((each) => packetizeH264(each, 60)),
            { sequenceNumber, rtpTime },
          );
          const arriving = sent
            .flatMap((each, index) => {
              const { lost, twice, later } = way[index % way.length] ?? { lost: false, twice: false, later: 0 };
              // The first one sets the beginning: nothing before it is waited for.
              if (index === 0) return [{ each, place: -1 }];
              if (lost) return [];
              return [{ each, place: index + later }, ...(twice ? [{ each, place: index + later + 2 }] : [])];
            })
            .sort((a, b) => a.place - b.place)
            .map(({ each }) => each);
          const received = receive(arriving);

          const arrived = new Set(arriving.map((each) => each.sequenceNumber));
          const byTime = new Map(units.map((each, index) => [(rtpTime + 3_000 * index) >>> 0, each]));
          for (const unit of received) {
            if (unit.complete) assert.deepEqual(unit.units, byTime.get(unit.rtpTime));
          }
          const complete = new Set(received.filter((unit) => unit.complete).map((unit) => unit.rtpTime));
          const [first] = sent;
          for (const time of byTime.keys()) {
            const packets = sent.filter((each) => each.rtpTime === time);
            // The very first one is whole for sure only if it shows that it begins a picture.
            const begins = packets[0] !== first || (packets[0]?.payload[0] ?? 0) !== 0x7c;
            if (begins && packets.every((each) => arrived.has(each.sequenceNumber))) assert.ok(complete.has(time));
          }
          const times = received.map((unit) => (unit.rtpTime - rtpTime) >>> 0);
          assert.deepEqual(
            times,
            [...new Set(times)].sort((a, b) => a - b),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('takes Opus and VP8 as well', () => {
    const opus = receive(send([[Buffer.of(0x78, 1)], [Buffer.of(0x78, 2)]], { ticks: 960 }), 'opus');
    assert.deepEqual(
      opus.map(({ rtpTime, units }) => [rtpTime, units[0]?.[1]]),
      [
        [0, 1],
        [960, 2],
      ],
    );
    const [vp8] = receive(send([[Buffer.of(0x10, 0, 1), Buffer.of(0, 2)]]), 'vp8');
    assert.deepEqual(vp8?.units, [Buffer.of(0, 1, 2)]);
  });

  it('passes over probes, which are padding alone', () => {
    const [first, last] = send([[Buffer.of(0x67, 1), Buffer.of(0x65, 0x88)]]);
    assert.ok(first && last);
    const probe = packet({ sequenceNumber: 1, payload: Buffer.alloc(0) });
    const [unit] = receive([first, probe, { ...last, sequenceNumber: 2 }]);
    assert.equal(unit?.complete, true);
  });

  it('does not wait for ever for what is missing while nothing comes', () => {
    const receiver = new StreamReceiver('opus', { onMalformed: fault, maximumWaitMs: 50 });
    receiver.push(packet({ sequenceNumber: 1 }), 0);
    assert.deepEqual(receiver.push(packet({ sequenceNumber: 3, rtpTime: 5 }), 10), []);
    assert.deepEqual(receiver.expire(59), []);
    assert.deepEqual(
      receiver.expire(60).map(({ rtpTime, afterLoss }) => ({ rtpTime, afterLoss })),
      [{ rtpTime: 5, afterLoss: true }],
    );
  });

  it('tells what cannot be read, and goes on', () => {
    const faults: MalformedMedia[] = [];
    const receiver = new StreamReceiver('h264', { onMalformed: (error) => faults.push(error) });
    const packets = send([[Buffer.of(0x67, 1)], [Buffer.of(0x39, 1)], [Buffer.of(0x67, 2)]]);
    const units = packets.flatMap((each) => receiver.push(each, 0));
    assert.deepEqual(
      units.map(({ rtpTime, afterLoss }) => ({ rtpTime, afterLoss })),
      [
        { rtpTime: 0, afterLoss: true },
        { rtpTime: 6_000, afterLoss: true },
      ],
    );
    assert.deepEqual(
      faults.map(({ reason }) => reason),
      ['UNSUPPORTED'],
    );
  });
});
