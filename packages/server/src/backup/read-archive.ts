import { createHash, type Hash } from 'node:crypto';
import { sealName } from './archive-writer.ts';
import { BackupError } from './backup-error.ts';
import { blockBytes, readExtension, readHeader, type TarEntry, type TarHeader } from './tar-header.ts';

const sealBytes = 65;

/** A file or folder of an archive. Its content must be read to the end before the next one. */
export type ArchivedEntry = TarEntry & { readonly content: AsyncIterable<Buffer> };

/**
 * What an archive holds, in its order. Only when it ends without an error was it whole and as it was written: until then
 * nothing of it is to be relied on.
 *
 * @throws BackupError
 */
export async function* readArchive(chunks: AsyncIterable<Buffer>): AsyncGenerator<ArchivedEntry> {
  const input = new ArchiveInput(chunks);
  const hash = createHash('sha256');
  let extension: { path?: string; bytes?: number } = {};
  for (;;) {
    const block = await input.take(blockBytes);
    const header = readHeader(block);
    if (header === undefined) throw new BackupError('The backup has no end: it was cut off');
    if (header.name === sealName) return await checkSeal(input, header, hash);
    hash.update(block);
    if (header.kind === 'extension') {
      const bytes = await input.take(header.bytes);
      hash.update(bytes);
      hash.update(await input.take(paddingBytes(header.bytes)));
      extension = readExtension(bytes);
      continue;
    }
    const { path = header.name, bytes = header.bytes } = extension;
    extension = {};
    const content = readContent(input, bytes, hash);
    yield { type: header.kind, path: checkPath(path), bytes, modified: header.modified, content };
    for await (const _ of content);
    hash.update(await input.take(paddingBytes(bytes)));
  }
}

async function checkSeal(input: ArchiveInput, { bytes }: TarHeader, hash: Hash): Promise<void> {
  const seal = bytes === sealBytes ? (await input.take(bytes)).toString('latin1').trim() : '';
  if (seal !== hash.digest('hex')) throw new BackupError('The backup is damaged: its checksum is another one');
}

async function* readContent(input: ArchiveInput, bytes: number, hash: Hash): AsyncGenerator<Buffer> {
  for (let left = bytes; left > 0; ) {
    const piece = await input.takeUpTo(left);
    hash.update(piece);
    left -= piece.length;
    yield piece;
  }
}

function paddingBytes(bytes: number): number {
  return (blockBytes - (bytes % blockBytes)) % blockBytes;
}

/** Relative and going down only, so that nothing is written elsewhere. */
function checkPath(written: string): string {
  const path = written.replace(/\/$/, '');
  const isSafe = path.split('/').every((name) => !['', '.', '..'].includes(name)) && !/[\0\\]/.test(path);
  if (!isSafe || path.length > 4_096) throw new BackupError('The backup holds a path that no backup holds');
  return path;
}

/** Bytes as they are wanted, out of chunks as they come. */
class ArchiveInput {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** @throws BackupError when there are fewer */
  async take(bytes: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let left = bytes; left > 0; ) {
      const piece = await this.takeUpTo(left);
      pieces.push(piece);
      left -= piece.length;
    }
    return Buffer.concat(pieces);
  }

  /** One at least. */
  async takeUpTo(bytes: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) throw new BackupError('The backup has no end: it was cut off');
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, bytes);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }
}
