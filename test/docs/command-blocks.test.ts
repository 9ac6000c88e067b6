import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { awsMissing } from '../support/aws.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { root } from '../support/installation.ts';
import { isRun } from './block.ts';
import { checkJson, checkYaml } from './data-block.ts';
import { networksAllowed } from './network.ts';
import { readPage } from './page.ts';
import { cloneMissing, quickStartPages } from './quick-start.ts';
import { runPage } from './run-page.ts';
import { Sandbox } from './sandbox.ts';

/** Each page has a server of its own. */
const pagesAtOnce = 2;

const pages = globSync(['README.md', 'docs/**/*.md'], { cwd: root })
  .sort()
  .map((name) => readPage(name, readFileSync(path.join(root, name), 'utf8')));
const ownNetwork = networksAllowed();
/** Those that quick-start.test.ts runs. */
const inClone = cloneMissing() ? [] : quickStartPages;

/** A reason to skip, or false. */
async function portTaken(): Promise<string | false> {
  if (ownNetwork) return false;
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve('port 7080 is taken here, and no network of its own is allowed'));
    server.listen(7080, '127.0.0.1', () => server.close(() => resolve(false)));
  });
}

const skip = (await awsMissing()) || (await portTaken());
describe('the commands of', { concurrency: ownNetwork ? pagesAtOnce : 1, skip }, () => {
  for (const page of pages.filter(({ name, blocks }) => blocks.some(isRun) && !inClone.includes(name))) {
    test(page.name, async () => {
      const sandbox = await Sandbox.create(page.name, { ownNetwork });
      try {
        await runPage(page, (block) => sandbox.run(block));
      } finally {
        await sandbox.close();
      }
    });
  }
});

test('every block of JSON is JSON, and every one of YAML a configuration', async (t) => {
  const folder = await createDataFolder(t);
  const wrong: string[] = [];
  for (const { name, blocks } of pages) {
    for (const block of blocks) {
      try {
        if (block.language === 'json' && block.instructions.notRun === undefined) checkJson(block.text);
        if (block.language !== 'yaml') continue;
        wrong.push(...(await checkYaml(block, folder)).map((says) => `${name}:${block.line}: ${says}`));
      } catch (error) {
        wrong.push(`${name}:${block.line}: ${(error as Error).message}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test('what is not run says why', (t) => {
  const unrun = pages.flatMap(({ name, blocks }) =>
    blocks.flatMap(({ line, instructions: { notRun } }) =>
      notRun === undefined ? [] : [`${name}:${line}: ${notRun}`],
    ),
  );
  for (const each of unrun) t.diagnostic(each);
  // The comments that are not right before a block were refused when the page was read.
  const comments = pages.map(
    ({ name }) => readFileSync(path.join(root, name), 'utf8').match(/^\s*<!-- not run: /gm) ?? [],
  );
  assert.equal(unrun.length, comments.flat().length);
});
