import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { root } from '../support/installation.ts';

const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md', 'examples/**/README.md', 'deploy/**/*.md'], {
  cwd: root,
  exclude: (file) => file.includes('node_modules'),
});

test('links of pages lead to files that are there, and to headings that those have', () => {
  assert.ok(pages.length > 50);
  const broken = pages.flatMap((page) => linksOf(page).flatMap((link) => faultOf(page, link) ?? []));
  assert.deepEqual(broken, []);
});

test('the index of the documentation has every page of it', () => {
  const index = 'docs/README.md';
  const linked = new Set(linksOf(index).map((link) => path.join('docs', link.split('#')[0] ?? '')));
  const missing = globSync('docs/*.md', { cwd: root }).filter((page) => page !== index && !linked.has(page));
  assert.deepEqual(missing, []);
});

/** Links to other places of the repository, and within the page. */
function linksOf(page: string): string[] {
  const prose = proseOf(page).replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(<?([^)>\s]+)>?\)/g)].flatMap(([, link = '']) => (/^[a-z]+:/.test(link) ? [] : link));
}

/** What is wrong with a link, in words. */
function faultOf(page: string, link: string): string | undefined {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), decodeURIComponent(file));
  if (!existsSync(path.join(root, target))) return `${page}: ${link}: there is no ${target}`;
  if (anchor === undefined) return undefined;
  const isFile = target.endsWith('.md') && statSync(path.join(root, target)).isFile();
  if (isFile && anchorsOf(target).has(anchor)) return undefined;
  return `${page}: ${link}: ${target} has no such heading`;
}

/** The anchors that GitHub gives to headings; of equal ones, the second has -1 at its end. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of proseOf(page).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = shown.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');
    let unique = anchor;
    for (let number = 1; anchors.has(unique); number++) unique = `${anchor}-${number}`;
    anchors.add(unique);
  }
  return anchors;
}

/** The page without its blocks of code. */
function proseOf(page: string): string {
  return readFileSync(path.join(root, page), 'utf8').replaceAll(/^( *)(`{3,})[^\n]*\n[\s\S]*?^\1\2 *$/gm, '');
}
