import type { Readable } from 'node:stream';

/** Characters of the log that are kept, the newest. */
const keptLength = 1024 * 1024;
/** Lines of it that an error repeats where none of them says why. */
const repeatedLines = 20;

/** The end of what a server has written to its standard error: its log, a line a JSON object, and complaints in words. */
export class LogTail {
  #text = '';

  constructor(source: Readable) {
    source.setEncoding('utf8').on('data', (chunk: string) => {
      this.#text = (this.#text + chunk).slice(-keptLength);
    });
  }

  get text(): string {
    return this.#text;
  }

  /** Why the server ended, as far as the log knows. */
  reason(): string {
    const lines = this.#text.split('\n').filter((line) => line !== '');
    const fatal = lines.map(readEntry).findLast((entry) => entry !== undefined && entry.level >= 60);
    if (fatal !== undefined) return fatal.err?.message ?? fatal.msg;
    return lines.slice(-repeatedLines).join('\n');
  }
}

type Entry = { level: number; msg: string; err?: { message: string } };

function readEntry(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined; // a complaint in words
  }
}
