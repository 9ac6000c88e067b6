import type { Readable } from 'node:stream';

const MAXIMUM_LINE_LENGTH = 2_000;
const MAXIMUM_LINES = 100;
const WINDOW_MS = 10_000;

/** Tells the lines of a stream, shortened, and not more than a hundred in ten seconds: the rest is counted. */
export function tellLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  let windowStartMs = performance.now();
  let told = 0;
  let leftOut = 0;

  const tell = (line: string) => {
    const nowMs = performance.now();
    if (nowMs - windowStartMs >= WINDOW_MS) {
      if (leftOut > 0) onLine(`${leftOut} lines are left out`);
      windowStartMs = nowMs;
      told = 0;
      leftOut = 0;
    }
    if (told === MAXIMUM_LINES) leftOut += 1;
    else {
      told += 1;
      onLine(line.slice(0, MAXIMUM_LINE_LENGTH));
    }
  };

  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') tell(line);
    // The end of a line without end tells nothing more.
    rest = rest.slice(0, MAXIMUM_LINE_LENGTH);
  });
  stream.on('end', () => {
    if (rest !== '') tell(rest);
    if (leftOut > 0) onLine(`${leftOut} lines are left out`);
  });
}
