import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { makeFolder, run } from '../proscenium.fixture.ts';

test('a configuration is checked as a whole, with exit code 1 for what the server would refuse', async (t) => {
  const folder = await makeFolder(t);
  const file = path.join(folder, 'config.yaml');
  const check = async (yaml: string, ...options: string[]) => {
    await writeFile(file, yaml);
    return run(['config', 'check', '--config', file, ...options]);
  };
  const good = await check('listen: 127.0.0.1:7080');
  assert.equal(good.status, 0);
  assert.match(good.stdout, /^ {2}OK {7}Configuration {7}\S+config\.yaml: listens on 127\.0\.0\.1:7080, /);
  // Nothing is coloured that is no terminal.
  assert.ok(!good.stdout.includes('\u001b'));

  const wrong = await check('policies: [{ name: look, document: { Statement: { Effect: allow } } }]');
  assert.equal(wrong.status, 1);
  assert.match(wrong.stdout, /FAILED/);
  const { status, stdout } = await check('media: { prot: 1 }\nquotas: { stages: many }', '--json');
  assert.equal(status, 1);
  const { valid, findings } = JSON.parse(stdout);
  assert.equal(valid, false);
  assert.deepEqual(
    findings.map(({ status: kind, says }: { status: string; says: string }) => [kind, says.replace(/^.*yaml: /, '')]),
    [
      ['failed', 'media.prot: there is no such option'],
      ['failed', 'quotas.stages: must be a whole number >= 0, or unlimited'],
    ],
  );
});
