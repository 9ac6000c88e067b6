import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Progress } from './progress.ts';

function recordingOutput(isTTY: boolean) {
  const written: string[] = [];
  const output = { isTTY, columns: 10, write: (text: string) => written.push(text) };
  return { written, output: output as unknown as NodeJS.WriteStream };
}

test('a line takes the place of the one before, no longer than the terminal is wide, and goes in the end', () => {
  const { written, output } = recordingOutput(true);
  const progress = new Progress(output, 0);
  progress.show('one');
  progress.show('a long, long line');
  progress.end();
  progress.end();
  assert.deepEqual(written, ['\r\u001b[Kone', '\r\u001b[Ka long, l', '\r\u001b[K']);
});

test('lines that come too fast are left out', () => {
  const { written, output } = recordingOutput(true);
  const progress = new Progress(output, 3_600_000);
  for (let count = 0; count < 5; count += 1) progress.show('again');
  assert.equal(written.length, 1);
});

test('nothing is written where nobody watches', () => {
  const { written, output } = recordingOutput(false);
  const progress = new Progress(output, 0);
  progress.show('one');
  progress.end();
  assert.deepEqual(written, []);
});
