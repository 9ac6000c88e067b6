import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MalformedMedia, type MalformedReason } from '../rtp/malformed-media.ts';
import { bytes, mutated } from '../rtp/rtp.fixture.ts';
import { type AvcConfiguration, type AvcPicture, VideoTagReader, writeVideoTag } from './video-tag.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const RECORD = '01 42c01e ff e1 0004 6742c01e 01 0002 68ce';
const CONFIGURATION: AvcConfiguration = {
  kind: 'config',
  trackId: 0,
  timestampMs: 0,
  sps: [hex('6742c01e')],
  pps: [hex('68ce')],
};

/** Has been told the configuration. */
function configured(record = RECORD): VideoTagReader {
  const reader = new VideoTagReader();
  reader.read(hex(`17 00 000000 ${record}`), 0);
  return reader;
}

function refuses(body: Buffer, reason: MalformedReason): void {
  assert.throws(
    () => configured().read(body, 0),
    (error) => error instanceof MalformedMedia && error.reason === reason,
  );
}

function picture(fields: Partial<AvcPicture> = {}): AvcPicture {
  return {
    kind: 'picture',
    trackId: 0,
    timestampMs: 7,
    compositionTimeMs: 0,
    keyFrame: true,
    nalUnits: [hex('65aa')],
    ...fields,
  };
}

describe('a video tag', () => {
  it('holds a configuration', () => {
    const withExtension = `${RECORD} fd f8 f8 00`;
    for (const record of [RECORD, withExtension]) {
      assert.deepEqual(new VideoTagReader().read(hex(`17 00 000000 ${record}`), 0), [CONFIGURATION]);
    }
  });

  it('holds a picture, which is a key frame by its bitstream', () => {
    const reader = configured();
    assert.deepEqual(reader.read(hex('17 01 000021 00000002 65aa'), 7), [picture({ compositionTimeMs: 33 })]);
    assert.deepEqual(reader.read(hex('17 01 ffffff 00000002 41aa'), 7), [
      picture({ compositionTimeMs: -1, keyFrame: false, nalUnits: [hex('41aa')] }),
    ]);
    assert.deepEqual(reader.read(hex('27 01 000000 00000002 06aa 00000000 00000002 65aa'), 7), [
      picture({ nalUnits: [hex('06aa'), hex('65aa')] }),
    ]);
  });

  it('may have shorter lengths before NAL units, if its configuration says so', () => {
    assert.deepEqual(configured(RECORD.replace('ff', 'fd')).read(hex('17 01 000000 0002 65aa'), 7), [picture()]);
    assert.deepEqual(configured(RECORD.replace('ff', 'fc')).read(hex('17 01 000000 02 65aa'), 7), [picture()]);
  });

  it('gives nothing without a picture, or before a configuration', () => {
    for (const body of [
      '17 02 000000',
      '57 00',
      '17',
      '17 01 000000',
      '17 01 000000 00000000',
      '92 61766331',
      'd1 00',
    ]) {
      assert.deepEqual(configured().read(hex(body), 0), [], body);
    }
    assert.deepEqual(new VideoTagReader().read(hex('17 01 000000 00000002 65aa'), 0), []);
  });

  it('tells of another codec which one it is', () => {
    const codec = (body: string) => new VideoTagReader().read(hex(body), 7);
    assert.deepEqual(codec('12 00'), [{ kind: 'unsupported', trackId: 0, timestampMs: 7, codec: '2' }]);
    assert.deepEqual(codec('1c 00 000000'), [{ kind: 'unsupported', trackId: 0, timestampMs: 7, codec: '12' }]);
    assert.deepEqual(codec('90 68766331 00'), [{ kind: 'unsupported', trackId: 0, timestampMs: 7, codec: 'hvc1' }]);
  });

  it('may come as Enhanced RTMP, with modifiers before it', () => {
    const reader = new VideoTagReader();
    assert.deepEqual(reader.read(hex(`90 61766331 ${RECORD}`), 0), [CONFIGURATION]);
    assert.deepEqual(reader.read(hex('91 61766331 000021 00000002 65aa'), 7), [picture({ compositionTimeMs: 33 })]);
    assert.deepEqual(reader.read(hex('a3 61766331 00000002 65aa'), 7), [picture()]);
    assert.deepEqual(reader.read(hex('97 02 0f4240 03 61766331 00000002 65aa'), 7), [picture()]);
    const long = `ff 00ff ${'00'.repeat(256)}`;
    assert.deepEqual(reader.read(hex(`97 ${long} 03 61766331 00000002 65aa`), 7), [picture()]);
  });

  it('may hold several tracks, each with its own configuration', () => {
    const reader = new VideoTagReader();
    const length = (hexText: string) => hex(hexText).length.toString(16).padStart(6, '0');
    const short = RECORD.replace('ff', 'fc');
    const many = `96 10 61766331 00 ${length(RECORD)} ${RECORD} 02 ${length(short)} ${short}`;
    assert.deepEqual(reader.read(hex(many), 0), [CONFIGURATION, { ...CONFIGURATION, trackId: 2 }]);
    assert.deepEqual(reader.read(hex('96 03 61766331 02 02 65aa'), 7), [picture({ trackId: 2 })]);
    assert.deepEqual(reader.read(hex('96 23 61766331 00 000006 00000002 65aa 68766331 01 000001 00'), 7), [
      picture(),
      { kind: 'unsupported', trackId: 1, timestampMs: 7, codec: 'hvc1' },
    ]);
  });

  it('is refused when it is cut off', () => {
    for (const body of [
      '17 01 0000',
      '17 01 000000 000000',
      '17 01 000000 00000003 65aa',
      '91 6176',
      '91 61766331 00',
    ]) {
      refuses(hex(body), 'TRUNCATED');
    }
    for (const body of ['97 05 00', '96 01 61766331', '96 11 61766331 00 000009 00']) refuses(hex(body), 'TRUNCATED');
    const whole = hex(`17 00 000000 ${RECORD}`);
    for (let length = 5; length < whole.length - 4; length += 1) refuses(whole.subarray(0, length), 'TRUNCATED');
  });

  it('is refused when its configuration cannot be, or there is too much of anything', () => {
    refuses(hex(`17 00 000000 ${RECORD.replace('01', '02')}`), 'UNSUPPORTED');
    refuses(hex(`17 00 000000 ${RECORD.replace('ff', 'fe')}`), 'INVALID');
    refuses(hex('17 00 000000 01 42c01e ff e0 01 0002 68ce'), 'INVALID');
    refuses(hex('17 00 000000 01 42c01e ff e1 0004 6742c01e 00'), 'INVALID');
    refuses(hex(`17 01 000000 ${'00000001 41'.repeat(4_097)}`), 'LIMIT');
    refuses(hex(`96 11 61766331 ${'00 000000'.repeat(33)}`), 'LIMIT');
    refuses(hex('96 30 61766331 00'), 'UNSUPPORTED');
  });

  it('is read as it was written', () => {
    const nalUnit = bytes({ minLength: 1, maxLength: 40 }).map((data) => Buffer.concat([Buffer.of(0x41), data]));
    const trackId = fc.constantFrom(0, 1, 255);
    const pictures = fc.record({
      trackId,
      compositionTimeMs: fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }),
      nalUnits: fc.array(nalUnit, { minLength: 1, maxLength: 5 }),
    });
    fc.assert(
      fc.property(pictures, (fields) => {
        const tag = picture({ keyFrame: false, ...fields });
        const reader = configured();
        reader.read(writeVideoTag({ ...CONFIGURATION, trackId: tag.trackId }), 0);
        assert.deepEqual(reader.read(writeVideoTag(tag), 7), [tag]);
      }),
    );
    const sets = fc.array(bytes({ minLength: 4, maxLength: 40 }), { minLength: 1, maxLength: 31 });
    fc.assert(
      fc.property(sets, sets, trackId, (sps, pps, number) => {
        const tag = { ...CONFIGURATION, trackId: number, sps, pps };
        assert.deepEqual(new VideoTagReader().read(writeVideoTag(tag), 0), [tag]);
      }),
    );
  });

  it('is brought to nothing but its own refusal', () => {
    const some = [
      '17 01 000000 00000002 65aa 00000003 41aabb',
      `90 61766331 ${RECORD}`,
      `96 10 61766331 00 00000a ${RECORD}`,
    ];
    const reader = configured();
    fc.assert(
      fc.property(fc.oneof(...some.map((text) => mutated(hex(text))), bytes({ minLength: 1 })), (body) => {
        try {
          if (body.length > 0) reader.read(body, 0);
        } catch (error) {
          assert.ok(error instanceof MalformedMedia, String(error));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
