import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { accessUnits, encodeH264, encodeVp8, probe } from '../rtp/encode.fixture.ts';
import { MalformedMedia } from '../rtp/malformed-media.ts';
import { nalUnitType } from '../rtp/nal-unit.ts';
import { readSequenceParameterSet } from '../rtp/sequence-parameter-set.ts';
import { blackPicture } from './black-picture.ts';
import { CodecFailure } from './codec-failure.ts';
import { ivfFrames } from './ivf.fixture.ts';
import { decoderInput } from './picture-size.ts';
import { encodeThumbnail } from './thumbnail.ts';
import { Vp8Transcoder } from './vp8-transcoder.ts';

describe('a black picture', () => {
  it('is an H.264 key frame of the size asked for, black all over', () => {
    const { sps, pps, idr } = blackPicture(320, 182);
    const { width, height, profileIdc } = readSequenceParameterSet(sps);
    assert.deepEqual({ width, height, profileIdc }, { width: 320, height: 182, profileIdc: 66 });
    assert.deepEqual([sps, pps, idr].map(nalUnitType), [7, 8, 5]);
    const luma = grey(decoderInput('h264', [sps, pps, idr]), 'h264');
    assert.equal(luma.length, 320 * 182);
    assert.ok(
      luma.every((value) => value <= 1),
      `as bright as ${Math.max(...luma)}`,
    );
  });

  it('has even sides', () => {
    assert.throws(() => blackPicture(321, 180), RangeError);
  });
});

describe('a thumbnail', () => {
  it('is a JPEG of the key frame, as large as it', async () => {
    const [key] = accessUnits(encodeH264({ size: '322x182', frames: 1 }));
    const jpeg = await encodeThumbnail('h264', key?.units ?? []);
    assertLooksLike(jpeg, { width: 322, height: 182 });
  });

  it('may be of VP8', async () => {
    const [key] = ivfFrames(encodeVp8({ size: '322x182', frames: 1 }));
    assertLooksLike(await encodeThumbnail('vp8', [key as Buffer]), { width: 322, height: 182 });
  });

  it('is not made of a key frame that is too large, cut off or none', async () => {
    const [key] = ivfFrames(encodeVp8({ frames: 1 })) as [Buffer];
    const huge = Buffer.from(key);
    huge.writeUInt16LE(16_383, 6);
    huge.writeUInt16LE(16_383, 8);
    await assert.rejects(encodeThumbnail('vp8', [huge]), { name: 'MalformedMedia', reason: 'LIMIT' });
    await assert.rejects(encodeThumbnail('vp8', [key.subarray(0, 5)]), MalformedMedia);
    await assert.rejects(encodeThumbnail('vp8', [key.subarray(0, 12)]), isInvalidData);
    const [units, next] = accessUnits(encodeH264({ frames: 2 })).map((each) => each.units) as [Buffer[], Buffer[]];
    await assert.rejects(encodeThumbnail('h264', next), MalformedMedia);
    const withoutPicture = units.filter((unit) => nalUnitType(unit) !== 5);
    await assert.rejects(encodeThumbnail('h264', withoutPicture), isInvalidData);
  });
});

describe('a VP8 transcoder', () => {
  it('makes a picture of each picture, and a key frame of each key frame', async () => {
    const frames = ivfFrames(encodeVp8({ frames: 25, arguments: ['-g', '10', '-keyint_min', '10'] }));
    const transcoder = new Vp8Transcoder();
    const pictures = await Promise.all(frames.map((frame) => transcoder.transcode(frame)));
    await transcoder.close();
    assert.equal(
      pictures.map((picture) => (picture?.keyFrame ? 'I' : picture ? 'P' : '-')).join(''),
      'IPPPPPPPPPIPPPPPPPPPIPPPP',
    );
    const stream = decoderInput(
      'h264',
      pictures.flatMap((picture) => picture?.units ?? []),
    );
    const { width, height, has_b_frames, types } = probe(stream);
    assert.deepEqual({ width, height, has_b_frames }, { width: 320, height: 180, has_b_frames: 0 });
    assert.equal(types, 'IPPPPPPPPPIPPPPPPPPPIPPPP');
    const likeness = psnr(grey(stream, 'h264'), grey(encodeVp8({ frames: 25 }), 'ivf'));
    assert.ok(likeness > 25, `${likeness} dB`);
  });

  it('follows the size, without the last line of an odd side', async () => {
    const [small] = ivfFrames(encodeVp8({ size: '160x90', frames: 1 })) as [Buffer];
    const [large] = ivfFrames(encodeVp8({ size: '320x180', frames: 1 })) as [Buffer];
    const odd = Buffer.from(small);
    odd.writeUInt16LE(159, 6);
    odd.writeUInt16LE(89, 8);
    const transcoder = new Vp8Transcoder();
    const sizes = [];
    for (const frame of [small, large, odd]) {
      const picture = await transcoder.transcode(frame);
      const set = picture?.units.find((unit) => nalUnitType(unit) === 7) as Buffer;
      const { width, height } = readSequenceParameterSet(set);
      sizes.push(`${width}x${height}`);
    }
    await transcoder.close();
    assert.deepEqual(sizes, ['160x90', '320x180', '158x88']);
  });

  it('begins with a key frame, and again with one after what it could not decode', async () => {
    const [key, ...others] = ivfFrames(encodeVp8({ frames: 4 })) as [Buffer, Buffer, Buffer, Buffer];
    const transcoder = new Vp8Transcoder();
    assert.equal(await transcoder.transcode(others[0]), undefined);
    assert.ok(await transcoder.transcode(key));
    assert.ok(await transcoder.transcode(others[0]));
    await assert.rejects(transcoder.transcode(key.subarray(0, 12)), isInvalidData);
    assert.equal(await transcoder.transcode(others[1]), undefined);
    assert.ok(await transcoder.transcode(key));
    await transcoder.close();
  });

  it('drops what it cannot catch up with, up to the next key frame', async () => {
    const [key, delta] = ivfFrames(encodeVp8({ frames: 2 })) as [Buffer, Buffer];
    const transcoder = new Vp8Transcoder();
    const pictures = await Promise.all([key, ...Array(80).fill(delta)].map((frame) => transcoder.transcode(frame)));
    assert.equal(pictures.indexOf(undefined), 60);
    assert.ok(pictures.slice(60).every((picture) => picture === undefined));
    assert.equal(await transcoder.transcode(delta), undefined);
    assert.ok(await transcoder.transcode(key));
    await transcoder.close();
  });

  it('takes nothing once it is closed', async () => {
    const [key] = ivfFrames(encodeVp8({ frames: 1 })) as [Buffer];
    const transcoder = new Vp8Transcoder();
    const last = transcoder.transcode(key);
    await transcoder.close();
    assert.ok(await last);
    assert.equal(await transcoder.transcode(key), undefined);
  });
});

/** Every picture of a stream in full range, a byte a pixel, by FFmpeg. */
function grey(stream: Buffer, format: string): Buffer {
  const decoding = ['-nostdin', '-v', 'error', '-f', format, '-i', '-', '-vf', 'format=gray', '-f', 'rawvideo', '-'];
  return execFileSync('ffmpeg', decoding, { input: stream, maxBuffer: 64 * 1024 * 1024 });
}

/** That a JPEG shows FFmpeg's test picture. */
function assertLooksLike(jpeg: Buffer, { width, height }: { width: number; height: number }): void {
  const shown = execFileSync(
    'ffprobe',
    ['-v', 'error', '-show_entries', 'stream=width,height', '-of', 'json', '-i', '-'],
    {
      input: jpeg,
      encoding: 'utf8',
    },
  );
  assert.deepEqual(JSON.parse(shown).streams, [{ width, height }]);
  const picture = encodeH264({ size: `${width}x${height}`, frames: 1, arguments: ['-qp', '1'] });
  const likeness = psnr(grey(jpeg, 'mjpeg'), grey(picture, 'h264'));
  assert.ok(likeness > 25, `${likeness} dB`);
}

function psnr(left: Buffer, right: Buffer): number {
  assert.equal(left.length, right.length);
  let squares = 0;
  for (const [index, value] of left.entries()) squares += (value - (right[index] as number)) ** 2;
  return 10 * Math.log10((255 * 255 * left.length) / squares);
}

function isInvalidData(error: unknown): boolean {
  return error instanceof CodecFailure && error.reason === 'INVALID_DATA';
}
