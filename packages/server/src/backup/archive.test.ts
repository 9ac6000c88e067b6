import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { ArchiveWriter } from './archive-writer.ts';
import { readArchive } from './read-archive.ts';
import { formatEntry } from './tar-header.ts';

const modified = new Date('2026-11-21T20:00:00Z');
const longName = `objects/123456789012/shows/${'a'.repeat(120)}/ünï %20 name.mp4`;
const files: [path: string, content: string][] = [
  ['data/credentials', '[default]\n'],
  ['data/empty', ''],
  ['data/exact', 'x'.repeat(512)],
  [longName, 'y'.repeat(1_000)],
];

async function makeArchive(): Promise<Buffer> {
  const output = new PassThrough({ highWaterMark: 100_000 });
  const writer = new ArchiveWriter(output);
  await writer.folder('data', modified);
  for (const [path, content] of files) {
    // More than announced, as of a file that has grown.
    await writer.file({ path, bytes: content.length, modified }, [Buffer.from(`${content}more`)]);
  }
  await writer.end(modified);
  output.end();
  const archive = await buffer(output);
  assert.equal(writer.bytes, archive.length);
  return archive;
}

/** In pieces of this size. */
async function* pieces(archive: Buffer, size = archive.length) {
  for (let at = 0; at < archive.length; at += size) yield archive.subarray(at, at + size);
}

async function readAll(chunks: AsyncIterable<Buffer>) {
  const read: [string, string][] = [];
  for await (const { type, path, content } of readArchive(chunks)) {
    const text = Buffer.concat(await Array.fromAsync(content)).toString();
    if (type === 'file') read.push([path, text]);
  }
  return read;
}

describe('An archive', () => {
  test('is read as it was written, in whatever pieces it comes', async () => {
    const archive = await makeArchive();
    for (const size of [archive.length, 1_000, 7]) assert.deepEqual(await readAll(pieces(archive, size)), files);
  });

  test('is one that tar reads', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'proscenium-archive-'));
    t.after(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'a.tar'), await makeArchive());
    await promisify(execFile)('tar', ['xf', 'a.tar'], { cwd: folder });
    for (const [path, content] of files) {
      assert.equal(await readFile(join(folder, path), 'utf8'), content);
      const { mode, mtime } = await stat(join(folder, path));
      assert.deepEqual([mode & 0o777, mtime], [0o600, modified]);
    }
  });

  test('that was cut off, wherever, is refused', async () => {
    const archive = await makeArchive();
    // The zeros at the end are no part of it.
    const end = archive.length - 1_024 - 512;
    for (let length = 0; length <= end; length += 256) {
      await assert.rejects(readAll(pieces(archive.subarray(0, length))), { name: 'BackupError' }, `${length} bytes`);
    }
  });

  test('that was damaged is refused', async () => {
    for (const at of [700, 1_600, 3_000]) {
      const archive = await makeArchive();
      archive[at] = (archive[at] ?? 0) ^ 1;
      await assert.rejects(readAll(pieces(archive)), { name: 'BackupError', message: /damaged/ }, `byte ${at}`);
    }
    await assert.rejects(readAll(pieces(Buffer.alloc(2_048, 'text'))), { message: /is no backup/ });
  });

  test('that leads elsewhere is refused', async () => {
    for (const path of ['../x', '/etc/x', 'a/../../x', 'a//b', 'a/./b', 'a\\b']) {
      const archive = formatEntry({ type: 'file', path, bytes: 0, modified });
      await assert.rejects(readAll(pieces(archive)), { message: /a path that no backup holds/ }, path);
    }
  });

  test('of a file that became shorter is not made', async () => {
    const writer = new ArchiveWriter(new PassThrough());
    const file = writer.file({ path: 'x', bytes: 10, modified }, [Buffer.from('short')]);
    await assert.rejects(file, { name: 'BackupError', message: 'x has become shorter meanwhile' });
  });
});

test('a size that octal digits do not hold is kept', async () => {
  const bytes = 9 * 1_024 ** 3;
  const head = formatEntry({ type: 'file', path: 'big', bytes, modified });
  const [entry] = await Array.fromAsync({
    async *[Symbol.asyncIterator]() {
      for await (const each of readArchive(pieces(head))) {
        yield each;
        return;
      }
    },
  });
  assert.equal(entry?.bytes, bytes);
});
