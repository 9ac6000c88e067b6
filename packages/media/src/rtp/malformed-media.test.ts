import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { accessUnits, encodeH264, encodeVp8 } from './encode.fixture.ts';
import { H264Inspector } from './h264-inspector.ts';
import { packetizeH264 } from './h264-packetizer.ts';
import { readHeaderExtensions, writeHeaderExtensions } from './header-extensions.ts';
import { MalformedMedia } from './malformed-media.ts';
import { splitByteStream } from './nal-unit.ts';
import { parseRtpPacket, writeRtpPacket } from './packet.ts';
import { parseRtcp, writeSenderReport } from './rtcp.ts';
import { bytes, mutated, packet } from './rtp.fixture.ts';
import { StreamTap } from './stream-tap.ts';
import { readVp8KeyFrameSize } from './vp8-frame.ts';

const runs = { numRuns: 3_000 };
const IVF_HEADERS_BYTES = 32 + 12;

/** Nothing but its own refusal may come out. */
function survives(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof MalformedMedia, String(error));
  }
}

const stream = encodeH264({ size: '64x64', frames: 4, arguments: ['-bf', '1', '-b_strategy', '0'] });
const interlaced = encodeH264({ size: '64x64', frames: 2, x264: 'interlaced=1', arguments: ['-flags', '+ildct+ilme'] });
const pictures = [...accessUnits(stream), ...accessUnits(interlaced)].map(({ units }) => units);
const vp8 = encodeVp8({ size: '64x64', frames: 1 }).subarray(IVF_HEADERS_BYTES);
const extension = writeHeaderExtensions(
  new Map([
    [1, Buffer.from('0')],
    [5, Buffer.alloc(2)],
    [20, Buffer.alloc(20)],
  ]),
);

const somePacket = writeRtpPacket(packet({ csrcs: [1, 2], extension, payload: Buffer.alloc(20, 3) }));
const someRtcp = Buffer.concat([
  writeSenderReport({ ssrc: 1, wallClockMs: 1_000, rtpTime: 2, packetCount: 3, octetCount: 4 }),
  Buffer.from('81cb000100000001', 'hex'),
]);

describe('no parser is brought to anything but its own refusal', () => {
  it('by mutated packets', () => {
    const read = (data: Buffer) => readHeaderExtensions(parseRtpPacket(data).extension);
    fc.assert(
      fc.property(fc.oneof(mutated(somePacket), bytes()), (data) => survives(() => read(data))),
      runs,
    );
  });

  it('by mutated RTCP', () => {
    fc.assert(
      fc.property(fc.oneof(mutated(someRtcp), bytes()), (data) => survives(() => parseRtcp(data))),
      runs,
    );
  });

  it('by mutated VP8 key frames', () => {
    const frames = fc.oneof(mutated(vp8), bytes());
    fc.assert(
      fc.property(frames, (data) => survives(() => readVp8KeyFrameSize(data))),
      runs,
    );
  });

  it('by mutated NAL units, one after the other into the same inspector', () => {
    const inspector = new H264Inspector();
    const unit = fc.constantFrom(...pictures.flat().map((each) => each.subarray(0, 200))).chain(mutated);
    const times = {
      rtpTime: 0,
      firstArrivalMs: 0,
      lastArrivalMs: 0,
      keyFrame: false,
      complete: true,
      afterLoss: false,
    };
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 3 }), (units) => {
        const { facts } = inspector.inspect({ ...times, units });
        if (facts) assert.ok(facts.width > 0 && facts.width <= 16_384 && facts.height > 0 && facts.height <= 32_768);
      }),
      runs,
    );
  });

  it('by a mutated byte stream', () => {
    const part = stream.subarray(0, 1_500);
    fc.assert(
      fc.property(mutated(part), (data) => {
        const length = splitByteStream(data).reduce((sum, unit) => sum + unit.length, 0);
        assert.ok(length <= data.length);
      }),
      { numRuns: 500 },
    );
  });

  for (const codec of ['h264', 'vp8'] as const) {
    it(`by a stream of mutated ${codec} packets in disorder`, () => {
      const payloads =
        codec === 'h264'
          ? pictures.flatMap((units) => packetizeH264(units, 100)).slice(0, 60)
          : [Buffer.of(0x10), Buffer.of(0x90, 0x80, 0x81, 0x02), Buffer.of(0)].map((head) =>
              Buffer.concat([head, vp8.subarray(0, 80)]),
            );
      const each = fc.record({
        payload: fc.oneof(fc.constantFrom(...payloads), fc.constantFrom(...payloads).chain(mutated)),
        step: fc.oneof(
          { weight: 9, arbitrary: fc.integer({ min: -3, max: 3 }) },
          { weight: 1, arbitrary: fc.nat(65_535) },
        ),
        marker: fc.boolean(),
        rtpTime: fc.oneof(fc.nat(3), fc.nat(0xffffffff)),
        passedMs: fc.nat(60),
      });
      fc.assert(
        fc.property(fc.array(each, { maxLength: 40 }), (list) => {
          const tap = new StreamTap(codec);
          let sequenceNumber = 0;
          let nowMs = 0;
          for (const { step, passedMs, ...fields } of list) {
            sequenceNumber = (sequenceNumber + step) & 0xffff;
            nowMs += passedMs;
            tap.push(packet({ ...fields, sequenceNumber }), nowMs);
          }
          tap.interrupt();
        }),
        { numRuns: 300 },
      );
    });
  }
});
