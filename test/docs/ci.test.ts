import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { codeBlocks } from '../support/code-blocks.ts';
import { root } from '../support/installation.ts';

interface Step {
  uses?: string;
  run?: string;
}
interface Job {
  'runs-on': string;
  steps: Step[];
  env?: Record<string, string>;
  services?: Record<string, { image: string; ports: string[]; env: Record<string, string | number> }>;
}

const read = (file: string) => readFile(path.join(root, file), 'utf8');
const workflow = await read('examples/ci/github-actions.yml');
const jobs: Record<string, Job> = parse(workflow).jobs;
const blocks = codeBlocks(await read('docs/ci.md'));

test('docs/ci.md shows the workflow as it is', () => {
  assert.ok(blocks.get('yml')?.includes(workflow));
});

test('each job of the workflow checks out, and each of its steps does one thing', () => {
  assert.deepEqual(Object.keys(jobs), ['api', 'media', 'server', 'image']);
  for (const [name, { 'runs-on': runner, steps }] of Object.entries(jobs)) {
    assert.match(runner, /^ubuntu-/, name);
    assert.match(steps[0]?.uses ?? '', /^actions\/checkout@/, name);
    for (const { uses, run } of steps)
      assert.equal((uses === undefined) !== (run === undefined), true, `${uses} ${run}`);
  }
});

test('the step that starts a server has the lines of docs/ci.md, which are run', () => {
  const start = jobs.server?.steps.find(({ run }) => run?.includes('proscenium serve'))?.run ?? '';
  const shown = blocks.get('sh')?.[0] ?? '';
  assert.ok(start.trim().split('\n').length > 3);
  assert.ok(shown.includes(start));
});

test('the workflow calls with the key and at the address that its servers have', () => {
  const { env = {}, services } = jobs.image ?? {};
  const service = services?.proscenium;
  assert.equal(env.AWS_ACCESS_KEY_ID, service?.env.PROSCENIUM_ACCESS_KEY_ID);
  assert.equal(env.AWS_SECRET_ACCESS_KEY, service?.env.PROSCENIUM_SECRET_ACCESS_KEY);
  assert.equal(env.AWS_ENDPOINT_URL_IVS_REALTIME, service?.env.PROSCENIUM_PUBLIC_URL);
  assert.ok(service?.ports.includes('7080:7080'));
  const start = jobs.server?.steps.find(({ run }) => run?.includes('proscenium serve'))?.run ?? '';
  assert.ok(start.includes(`--listen ${new URL(jobs.server?.env?.AWS_ENDPOINT_URL_IVS_REALTIME ?? '').host} `));
});
