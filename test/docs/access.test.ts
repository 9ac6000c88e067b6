import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { handledOperations } from '@proscenium/server';
import { parsePolicy } from '@proscenium/server/administering';
import { loadConfig } from '@proscenium/server/configuring';

const page = new URL('../../docs/access.md', import.meta.url);

async function blocks(language: string): Promise<string[]> {
  const text = await readFile(page, 'utf8');
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block);
}

test('the policies of docs/access.md can be used', async () => {
  const policies = await blocks('json');
  assert.equal(policies.length, 1);
  for (const policy of policies) assert.ok(parsePolicy(policy).statements.length > 0);
});

test('the configuration of docs/access.md can be used', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'proscenium-docs-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'config.yaml');
  const [yaml = ''] = await blocks('yaml');
  await writeFile(file, yaml);
  const { users } = loadConfig({ file, environment: {}, flags: {} });
  assert.deepEqual(users, [{ account: '123456789012', name: 'backend', policies: ['hand-out-tokens'] }]);
});

test('every action that docs/access.md names is one that is checked', async () => {
  const text = await readFile(page, 'utf8');
  const named = [...text.matchAll(/`ivs:([A-Za-z]+)`/g)].map(([, action = '']) => action);
  const known: readonly string[] = handledOperations;
  assert.deepEqual(
    named.filter((action) => !known.includes(action)),
    [],
  );
});
