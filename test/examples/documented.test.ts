import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { root } from '../support/installation.ts';

test('docs/web-client.md shows the lines of the examples as they are', () => {
  const page = readFileSync(path.join(root, 'docs/web-client.md'), 'utf8');
  const shown = [...page.matchAll(/\]\(\.\.\/(examples\/[^)]+\.\w+)\)\):\n\n```\w+\n([^`]*)```/g)];
  assert.equal(shown.length, 7);
  for (const [, file = '', lines = ''] of shown) {
    assert.ok(readFileSync(path.join(root, file), 'utf8').includes(lines.trimEnd()), `${file} has ${lines}`);
  }
});
