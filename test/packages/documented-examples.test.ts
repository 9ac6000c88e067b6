import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { root } from '../support/installation.ts';

test('docs/testing.md shows the examples as they are', () => {
  const page = readFileSync(path.join(root, 'docs/testing.md'), 'utf8');
  const examples = globSync('examples/testing/*/*.{mjs,cjs,js,py}', { cwd: root });
  assert.equal(examples.length, 5);
  for (const file of examples) {
    assert.ok(page.includes(`](../${file})`), `it names ${file}`);
    assert.ok(page.includes(`\n${readFileSync(path.join(root, file), 'utf8')}\`\`\`\n`), `it shows ${file}`);
  }
});
