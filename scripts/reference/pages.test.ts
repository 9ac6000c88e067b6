import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { errorNames, operationNames } from '@proscenium/model';
import { enumerations, structures } from '@proscenium/model/descriptions';
import { referencePages } from './pages.ts';
import type { Rates } from './resource-page.ts';

const folder = new URL('../../docs/reference/', import.meta.url);
const rates = Object.fromEntries(operationNames.map((name) => [name, 5])) as Rates;
const pages = referencePages({ ...rates, GetStage: 1 });
const whole = [...pages.values()].join('\n');

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  const headings = page.match(/^#+ .*$/gm) ?? [];
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, '')
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

test('every operation, structure, enumeration and error has a heading of its own', () => {
  const named = [...structures, ...enumerations].map(({ name }) => name);
  for (const name of [...operationNames, ...named, ...errorNames]) {
    assert.equal(whole.match(new RegExp(`^###? ${name}$`, 'gm'))?.length, 1, name);
  }
});

test('every link leads to a heading, or to another page of the documentation', () => {
  for (const [file, page] of pages) {
    const links = [...page.matchAll(/\]\(([\w./-]*\.md)?(?:#([\w-]+))?\)/g)];
    assert.ok(links.length > 0, file);
    for (const [link, target = file, anchor] of links) {
      if (target.startsWith('../')) {
        assert.ok(existsSync(new URL(target, folder)), `${file}: ${link}`);
        continue;
      }
      const text = pages.get(target);
      assert.ok(text !== undefined, `${file}: ${link}`);
      if (anchor !== undefined) assert.ok(anchorsOf(text).includes(anchor), `${file}: ${link}`);
    }
  }
});

test('every row of a table has as many cells as its head', () => {
  const cells = (line = '') => line.replaceAll('\\|', '').split('|').length;
  for (const [block] of whole.matchAll(/(?:^\|.*\n)+/gm)) {
    const lines = block.trimEnd().split('\n');
    assert.equal(new Set(lines.map(cells)).size, 1, block);
  }
});

test('a section tells members with their type, constraints and default', () => {
  const page = pages.get('participant-tokens.md') ?? '';
  assert.match(page, /^\| `duration` \| integer \| {2}\| 1 to 20160 \| 720 \(12 hours\) \| How long /m);
  assert.match(page, /^\| `stageArn` \| string \| yes \| 1 to 128 characters; `arn:aws:ivs:/m);
  const list = '`capabilities` | list of [ParticipantTokenCapability](shapes.md#participanttokencapability)';
  assert.ok(page.includes(`| ${list} |  | at most 2 items |`));
});

test('a section tells where members travel that are not in the body', () => {
  const page = pages.get('tags.md') ?? '';
  assert.match(page, /^\| `tagKeys` \| list of strings \| yes \| query \|/m);
  assert.match(page, /^\| `tags` \| map of strings \| yes \| body \|/m);
  assert.match(page, /^DELETE \/tags\/arn%3A\S+\?tagKeys=team&tagKeys=cost%20center$/m);
});

test('a section tells how many items a page has, and how often the operation can be called', () => {
  const page = pages.get('stages.md') ?? '';
  assert.match(page, /^A page has 50 items unless `maxResults` says otherwise\.$/m);
  assert.match(page, /can call it 5 times a second/);
  assert.match(page, /can call it once a second/);
});
