import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folderLayout, MULTIVARIANT_FILE } from '../recording/folder-layout.ts';
import { readSegments } from '../recording/read-recording.fixture.ts';
import { accessUnits, encodeH264 } from '../rtp/encode.fixture.ts';
import { NAL_UNIT_TYPE, nalUnitType } from '../rtp/index.ts';
import type { ChannelNews } from './channel-options.ts';
import { ChannelWriter } from './channel-writer.ts';

const LAYOUT = folderLayout({ rendition: 'source', thumbnails: 'source' });
const MIB = 1024 * 1024;
const FRAMES_PER_SECOND = 30;
/** What ISO/IEC 14496-3 allows of eight channels, in bytes. */
const LARGEST_FRAME_BYTES = (8 * 6_144) / 8;

const [keyPicture, nextPicture] = accessUnits(encodeH264({ frames: 2 })).map(({ units }) => units);
assert.ok(keyPicture && nextPicture);
const idrSlice = keyPicture.find((unit) => nalUnitType(unit) === NAL_UNIT_TYPE.idrSlice);
assert.ok(idrSlice);

/** An encoder whose pictures go straight to a writer, faster than in real time. */
class Written {
  readonly writer: ChannelWriter;
  readonly folder: string;
  readonly news: ChannelNews[] = [];
  readonly violations: string[] = [];
  #frame = 0;
  #soundMs = 0;

  private constructor(folder: string) {
    this.folder = folder;
    const options = { folder, rendition: 'source', targetSegmentDurationSeconds: 2, windowSegments: 6 };
    this.writer = new ChannelWriter(options);
    this.writer.on('news', (news) => this.news.push(news));
    this.writer.on('violation', (violation, description) => this.violations.push(`${violation}: ${description}`));
    const audioSpecificConfig = Buffer.of(0x11, 0x90);
    this.writer.takeAudio({ kind: 'config', trackId: 0, timestampMs: 0, audioSpecificConfig });
  }

  static async open(t: TestContext): Promise<Written> {
    const written = new Written(await mkdtemp(join(tmpdir(), 'proscenium-channel-writer-')));
    t.after(() => written.writer.close());
    t.after(() => rm(written.folder, { recursive: true, force: true }));
    return written;
  }

  /** Takes a picture, and the sound until its end. @param moreBytes by which it is larger than need be */
  picture(keyFrame: boolean, moreBytes = 0): void {
    const nalUnits = [...((keyFrame ? keyPicture : nextPicture) ?? [])];
    const slice = nalUnits.pop() ?? assert.fail();
    nalUnits.push(Buffer.concat([slice, Buffer.alloc(moreBytes, 0xff)]));
    const timestampMs = Math.round((1_000 * this.#frame) / FRAMES_PER_SECOND);
    this.#frame += 1;
    this.writer.takeVideo({ kind: 'picture', trackId: 0, timestampMs, compositionTimeMs: 0, keyFrame, nalUnits });
    for (; this.#soundMs < timestampMs + 1_000 / FRAMES_PER_SECOND; this.#soundMs += 1_024 / 48) {
      const sound = { kind: 'frame', trackId: 0, timestampMs: Math.round(this.#soundMs) } as const;
      this.writer.takeAudio({ ...sound, data: Buffer.of(1, 2, 3) });
    }
  }

  group(seconds: number): void {
    for (let frame = 0; frame < seconds * FRAMES_PER_SECOND; frame += 1) this.picture(frame === 0);
  }
}

test('a channel promises nobody that its segments begin with key frames, since they may not', async (t) => {
  const written = await Written.open(t);
  for (const seconds of [2, 2, 7]) written.group(seconds);
  await written.writer.close();
  const segments = await readSegments(written.folder, LAYOUT);
  assert.deepEqual(
    segments.map(({ video }) => video[0]?.data.includes(idrSlice)),
    [true, true, true, false, false],
  );
  const multivariant = await readFile(join(written.folder, MULTIVARIANT_FILE), 'utf8');
  assert.match(multivariant, /^#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-STREAM-INF:.*\nsource\/playlist\.m3u8\n$/);
  assert.deepEqual(written.violations, []);
});

test('an encoder that sends more in a segment than anybody could play is cut, and told why', async (t) => {
  const written = await Written.open(t);
  for (const seconds of [2, 2]) written.group(seconds);
  written.picture(true);
  const before = process.memoryUsage().arrayBuffers;
  let sent = 0;
  for (; written.violations.length === 0 && sent < 100; sent += 1) written.picture(false, MIB);
  assert.equal(sent, 64, 'until then there are 64 MiB');
  const heldBytes = process.memoryUsage().arrayBuffers - before;
  assert.ok(heldBytes < 200 * MIB, `it holds ${heldBytes} bytes`);
  // Its connection is closed by whoever is told. What comes until then is nobody's.
  for (let count = 0; count < 100; count += 1) written.picture(count === 0, MIB);
  assert.deepEqual(written.violations, ['BITRATE_EXCEEDED: The video takes too much']);
  await written.writer.close();
  assert.ok(!written.news.some(({ type }) => type === 'failed'));
  const segments = await readSegments(written.folder, LAYOUT);
  assert.deepEqual(
    segments.map(({ video }) => video.length),
    [60, 60],
    'the segments before it can be played',
  );
});

test('frames of sound are taken while they are as large as AAC may be, and an encoder is cut at one that is larger', async (t) => {
  const written = await Written.open(t);
  const takeFrame = (bytes: number) =>
    written.writer.takeAudio({ kind: 'frame', trackId: 0, timestampMs: 0, data: Buffer.alloc(bytes) });
  takeFrame(LARGEST_FRAME_BYTES);
  assert.deepEqual(written.violations, []);
  takeFrame(LARGEST_FRAME_BYTES + 1);
  takeFrame(LARGEST_FRAME_BYTES + 1);
  assert.deepEqual(written.violations, ['INVALID_INPUT: A frame of the audio is too large']);
});
