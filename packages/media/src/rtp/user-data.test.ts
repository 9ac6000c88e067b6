import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessUnits, encodeH264 } from './encode.fixture.ts';
import { H264Inspector } from './h264-inspector.ts';
import { MalformedMedia } from './malformed-media.ts';
import { readUserData } from './user-data.ts';

const UUID = '00112233445566778899aabbccddeeff';
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('messages in the bitstream', () => {
  it('are read with their UUIDs, between messages of other types', () => {
    const read = readUserData(hex(`06 01 02 aabb 05 12 ${UUID} 6869 05 10 ${UUID} 80`));
    assert.deepEqual(read, [
      { uuid: '00112233-4455-6677-8899-aabbccddeeff', payload: Buffer.from('hi') },
      { uuid: '00112233-4455-6677-8899-aabbccddeeff', payload: Buffer.alloc(0) },
    ]);
  });

  it('may be longer than 255 bytes, and hold what looks like a start code', () => {
    const body = Buffer.alloc(984, 7);
    const escaped = Buffer.concat([hex('000003 01'), body.subarray(3)]);
    const read = readUserData(Buffer.concat([hex(`06 05 ffffff eb ${UUID}`), escaped, hex('80')]));
    assert.deepEqual(read[0]?.payload, Buffer.concat([hex('000001'), body.subarray(3)]));
  });

  it('are refused when one is cut off or has no UUID', () => {
    for (const data of ['06 05 12 0011', '06 05', '06 ff', '06 ffff', '06 05 0f 00112233445566778899aabbccddee 80']) {
      assert.throws(() => readUserData(hex(data)), MalformedMedia);
    }
  });

  it('are refused when there are too many, or far too long ones', () => {
    assert.throws(() => readUserData(hex(`06 ${'0100'.repeat(65)}80`)), /Too many/);
    assert.throws(() => readUserData(Buffer.alloc(70_000)), /too long/);
  });

  it('are found where x264 leaves its own', () => {
    const [key] = accessUnits(encodeH264({ frames: 1 }));
    assert.ok(key);
    const [message] = new H264Inspector().inspect(key).userData;
    assert.equal(message?.uuid, 'dc45e9bd-e6d9-48b7-962c-d820d923eeef');
    assert.match(message.payload.toString('latin1'), /^x264 - core/);
  });
});
