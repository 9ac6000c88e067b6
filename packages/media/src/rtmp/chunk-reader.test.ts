import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MalformedMedia, type MalformedReason } from '../rtp/malformed-media.ts';
import { bytes } from '../rtp/rtp.fixture.ts';
import { ChunkReader } from './chunk-reader.ts';
import { writeChunks } from './chunk-writer.ts';
import { LIMITS } from './limits.ts';
import { MESSAGE_TYPE, type RtmpMessage } from './message.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

function read(...pieces: readonly Buffer[]): RtmpMessage[] {
  const reader = new ChunkReader(LIMITS);
  return pieces.flatMap((piece) => [...reader.read(piece)]);
}

function refuses(data: Buffer, reason: MalformedReason): void {
  assert.throws(
    () => read(data),
    (error) => error instanceof MalformedMedia && error.reason === reason,
  );
}

function message(fields: Partial<RtmpMessage> = {}): RtmpMessage {
  return { type: MESSAGE_TYPE.audio, timestamp: 0, streamId: 1, data: Buffer.of(1), ...fields };
}

describe('chunks', () => {
  it('are put together, however they are cut up and mixed', () => {
    const written = fc.record({
      chunkStreamId: fc.integer({ min: 2, max: 9 }),
      type: fc.constantFrom(MESSAGE_TYPE.audio, MESSAGE_TYPE.video, MESSAGE_TYPE.amf0Data),
      timestamp: fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0xfffffe, 0xffffff, 0x1000000)),
      streamId: fc.nat(0xffffffff),
      data: bytes({ maxLength: 400 }),
    });
    const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        fc.array(written, { maxLength: 8 }),
        cuts,
        fc.integer({ min: 1, max: 500 }),
        (list, lengths, size) => {
          const messages = list.map(({ chunkStreamId: _, ...each }) => each);
          const chunkSize = Buffer.alloc(4);
          chunkSize.writeUInt32BE(size);
          const stream = Buffer.concat([
            writeChunks(2, message({ type: MESSAGE_TYPE.setChunkSize, data: chunkSize }), 128),
            ...list.map(({ chunkStreamId, ...each }) => writeChunks(chunkStreamId, each, size)),
          ]);
          assert.deepEqual(read(...cutUp(stream, lengths)), messages);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('of two messages may come by turns', () => {
    const [sound, picture] = [Buffer.alloc(200, 1), Buffer.alloc(300, 2)];
    const [first, second] = [
      writeChunks(4, message({ data: sound }), 128),
      writeChunks(6, message({ type: MESSAGE_TYPE.video, data: picture }), 128),
    ];
    const head = 12 + 128;
    const turns = [
      first.subarray(0, head),
      second.subarray(0, head + 129),
      first.subarray(head),
      second.subarray(head + 129),
    ];
    assert.deepEqual(
      read(...turns).map(({ data }) => data),
      [sound, picture],
    );
  });

  it('leave out what has not changed', () => {
    const messages = read(
      hex('04 000064 000001 08 01000000 aa'), // 100 ms, all fields
      hex('44 000014 000002 09 bbbb'), // 20 ms later, another length and type
      hex('84 00000a cccc'), // 10 ms later
      hex('c4 dddd'), // and 10 ms again
    );
    assert.deepEqual(
      messages.map(({ type, timestamp, streamId, data }) => [type, timestamp, streamId, data.toString('hex')]),
      [
        [8, 100, 1, 'aa'],
        [9, 120, 1, 'bbbb'],
        [9, 130, 1, 'cccc'],
        [9, 140, 1, 'dddd'],
      ],
    );
  });

  it('repeat a whole timestamp as a difference, as FFmpeg does', () => {
    const messages = read(hex('04 000017 000001 08 01000000 aa'), hex('c4 bb'));
    assert.deepEqual(
      messages.map(({ timestamp }) => timestamp),
      [0x17, 0x2e],
    );
  });

  it('may leave out a long timestamp that the first one of the message has, as some encoders do', () => {
    const start = Buffer.concat([hex('04 ffffff 000082 08 01000000 01000000'), Buffer.alloc(128, 7)]);
    for (const continuation of ['c4 01000000 0909', 'c4 0909']) {
      const messages = read(start, hex(continuation), hex('44 000000 000000 08'));
      assert.deepEqual(
        messages[0],
        message({ timestamp: 0x1000000, data: Buffer.concat([Buffer.alloc(128, 7), hex('0909')]) }),
      );
    }
  });

  it('may be of a stream with a long number', () => {
    const stream = hex('00 00 000000 000001 08 01000000 aa  01 0001 000000 000001 08 01000000 bb  c1 0001 cc');
    assert.equal(read(stream).length, 3);
  });

  it('of messages without data are whole at once', () => {
    assert.deepEqual(read(hex('04 000000 000000 08 01000000')), [message({ data: Buffer.alloc(0) })]);
  });

  it('are given up when the message is', () => {
    const begun = Buffer.concat([hex('06 000000 000100 09 01000000'), Buffer.alloc(128)]);
    const aborted = Buffer.concat([begun, hex('02 000000 000004 02 00000000 00000006')]);
    assert.deepEqual(read(aborted, writeChunks(6, message(), 128)), [message()]);
    refuses(Buffer.concat([begun, writeChunks(6, message(), 128)]), 'INVALID');
  });

  it('are refused without a header, with a size that is none, or when they are too much', () => {
    refuses(hex('c4'), 'INVALID');
    refuses(hex('84 000000'), 'INVALID');
    for (const size of ['00000000', '80000000']) refuses(hex(`02 000000 000004 01 00000000 ${size}`), 'INVALID');
    refuses(hex('02 000000 000002 01 00000000 0001'), 'INVALID');
    refuses(hex('06 000000 800001 09 01000000'), 'LIMIT');
    refuses(hex('03 000000 040001 14 00000000'), 'LIMIT');
    const streams = Array.from({ length: 33 }, (_, index) => writeChunks(2 + index, message(), 128));
    refuses(Buffer.concat(streams), 'LIMIT');
  });

  it('are refused when unfinished messages are too long together', () => {
    const reader = new ChunkReader({ ...LIMITS, maximumMessageBytes: 1_000 });
    const begin = (chunkStreamId: number) => {
      const whole = writeChunks(chunkStreamId, message({ data: Buffer.alloc(1_000) }), 128);
      return [...reader.read(whole.subarray(0, 12 + 128 + 3 * 129))];
    };
    begin(4);
    assert.throws(() => begin(5), { reason: 'LIMIT' });
  });

  it('take little memory for what they announce', () => {
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 40 }, () => new ChunkReader(LIMITS));
    for (const reader of readers) {
      for (let chunkStreamId = 2; chunkStreamId < 32; chunkStreamId += 1) {
        const announced = Buffer.concat([
          Buffer.of(chunkStreamId),
          hex('000000 7fffff 09 01000000'),
          Buffer.alloc(128),
        ]);
        for (const _ of reader.read(announced)) assert.fail('no message is whole');
      }
    }
    const takenBytes = process.memoryUsage().arrayBuffers - before;
    assert.ok(takenBytes < 40 * 30 * 6_000, `${takenBytes} bytes`);
  });

  it('that come byte by byte take no more than linear time', () => {
    const reader = new ChunkReader(LIMITS);
    const chunkSize = hex('02 000000 000004 01 00000000 7fffffff');
    const whole = Buffer.concat([chunkSize, hex('06 000000 080000 09 01000000'), Buffer.alloc(0x80000, 5)]);
    let messages = 0;
    for (let offset = 0; offset < whole.length; offset += 1) {
      for (const { data } of reader.read(whole.subarray(offset, offset + 1))) {
        messages += 1;
        assert.equal(data.length, 0x80000);
      }
    }
    assert.equal(messages, 1);
  });
});

function* cutUp(stream: Buffer, lengths: readonly number[]): Generator<Buffer> {
  let offset = 0;
  for (let turn = 0; offset < stream.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    yield stream.subarray(offset, offset + length);
    offset += length;
  }
}
