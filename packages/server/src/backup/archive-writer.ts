import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { BackupError } from './backup-error.ts';
import { blockBytes, formatEntry, padding, type TarEntry } from './tar-header.ts';

/** The last file of every archive: the SHA-256, in hex digits, of all bytes before its header. */
export const sealName = 'proscenium-backup.sha256';

/** Writes an archive of files that may still change: of each as many bytes as were announced. */
export class ArchiveWriter {
  readonly #output: Writable;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(output: Writable) {
    this.#output = output;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async folder(path: string, modified: Date): Promise<void> {
    await this.#write(formatEntry({ type: 'folder', path, bytes: 0, modified }));
  }

  /**
   * @param content with so many bytes at least; the rest is left out
   * @throws BackupError when there are fewer: others would be taken for them
   */
  async file(entry: Omit<TarEntry, 'type'>, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
    await this.#write(formatEntry({ type: 'file', ...entry }));
    let left = entry.bytes;
    for await (const chunk of content) {
      const piece = chunk.subarray(0, left);
      await this.#write(piece);
      left -= piece.length;
      if (left === 0) break;
    }
    if (left > 0) throw new BackupError(`${entry.path} has become shorter meanwhile`);
    await this.#write(padding(entry.bytes));
  }

  /** Seals the archive. */
  async end(modified: Date): Promise<void> {
    const seal = Buffer.from(`${this.#hash.digest('hex')}\n`);
    const header = formatEntry({ type: 'file', path: sealName, bytes: seal.length, modified });
    await this.#send(Buffer.concat([header, seal, padding(seal.length), Buffer.alloc(2 * blockBytes)]));
  }

  async #write(bytes: Buffer): Promise<void> {
    this.#hash.update(bytes);
    await this.#send(bytes);
  }

  async #send(bytes: Buffer): Promise<void> {
    this.#bytes += bytes.length;
    if (!this.#output.write(bytes)) await once(this.#output, 'drain');
  }
}
