import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { AlarmClock } from '../clock.ts';

/** So much memory the lines that wait for the disk may take. */
const usualWaitingBytes = 8 * 1_024 * 1_024;
const retryDelayMs = 1_000;
const ownerOnly = 0o600;

export type AuditFileOptions = {
  file: string;
  clock: AlarmClock;
  logger: Logger;
  /** The line, with its end, that stands for lost ones in their place. */
  lossLine: (count: number) => string;
  waitingBytes?: number;
};

/**
 * A file to which lines are appended in the order in which they come, while nobody waits for the disk. As long as the
 * file cannot be written lines wait, and it is tried again every second; those that come when too many wait already are
 * lost, and counted. A file that is renamed or removed is let go of, and a new one begun.
 */
export class AuditFile {
  readonly #options: AuditFileOptions;
  #handle: FileHandle;
  #waiting: Buffer[] = [];
  /** Of all that is not in the file yet. */
  #waitingBytes = 0;
  #lost = 0;
  #failing = false;
  /** The writing under way; undefined while there is nothing to write. */
  #writing: Promise<void> | undefined;
  /** Ends the pause before the next attempt. */
  #tryAgain: (() => void) | undefined;
  #closing = false;

  private constructor(options: AuditFileOptions, handle: FileHandle) {
    this.#options = options;
    this.#handle = handle;
  }

  /** Makes the file, for its owner alone, where there is none. @throws when it cannot be opened */
  static async open(options: AuditFileOptions): Promise<AuditFile> {
    return new AuditFile(options, await openForOwner(options.file));
  }

  /** @param line with its end */
  append(line: string): void {
    const { waitingBytes = usualWaitingBytes, logger } = this.#options;
    const bytes = Buffer.from(line);
    if (this.#waitingBytes + bytes.length > waitingBytes) {
      if (this.#lost === 0) logger.error('too many records of the audit log wait for the disk: new ones are lost');
      this.#lost += 1;
      return;
    }
    this.#tellLoss();
    this.#push(bytes);
  }

  /** Writes what waits. What cannot be written even now is lost, as the log says. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#tellLoss();
    this.#tryAgain?.();
    await this.#writing;
    await this.#handle.close();
  }

  #tellLoss(): void {
    if (this.#lost === 0) return;
    this.#push(Buffer.from(this.#options.lossLine(this.#lost)));
    this.#lost = 0;
  }

  #push(line: Buffer): void {
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    this.#writing ??= this.#workOff();
  }

  async #workOff(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = Buffer.concat(this.#waiting.splice(0));
      await this.#write(lines);
      this.#waitingBytes -= lines.length;
    }
    this.#writing = undefined;
  }

  async #write(lines: Buffer): Promise<void> {
    for (let offset = 0; offset < lines.length; ) {
      try {
        // Only between lines: none shall be in two files.
        if (offset === 0) await this.#followName();
        const { bytesWritten } = await this.#handle.write(lines, offset);
        offset += bytesWritten;
        this.#succeeded();
      } catch (error) {
        if (this.#closing) return this.#giveUp(error);
        this.#failed(error);
        await this.#pause();
      }
    }
  }

  async #followName(): Promise<void> {
    const { file } = this.#options;
    const [named, opened] = await Promise.all([statIfThere(file), this.#handle.stat()]);
    if (named?.ino === opened.ino && named.dev === opened.dev) return;
    const next = await openForOwner(file);
    await this.#handle.close();
    this.#handle = next;
  }

  #succeeded(): void {
    if (this.#failing) this.#options.logger.info('the audit log is written again');
    this.#failing = false;
  }

  #failed(error: unknown): void {
    if (!this.#failing) this.#options.logger.error({ err: error }, 'the audit log cannot be written: its records wait');
    this.#failing = true;
  }

  #giveUp(error: unknown): void {
    this.#waiting = [];
    this.#options.logger.error({ err: error, bytes: this.#waitingBytes }, 'the end of the audit log is lost');
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const alarm = this.#options.clock.setAlarm(retryDelayMs, resolve);
    this.#tryAgain = resolve;
    await promise;
    this.#tryAgain = undefined;
    alarm.cancel();
  }
}

async function openForOwner(file: string): Promise<FileHandle> {
  const handle = await open(file, 'a', ownerOnly);
  const status = await handle.stat();
  if (status.isFile() && (status.mode & 0o077) !== 0) await handle.chmod(ownerOnly);
  return handle;
}

async function statIfThere(file: string) {
  try {
    return await stat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
