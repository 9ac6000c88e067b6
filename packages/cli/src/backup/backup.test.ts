import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { CreateStageCommand, GetStageCommand, IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime';
import { launcher, makeFolder, run, runJson, serveFolder } from '../proscenium.fixture.ts';
import { formatBytes } from './describe.ts';

test('the data of a running server are backed up, and another server goes on with them', async (t) => {
  const folder = await makeFolder(t);
  const data = path.join(folder, 'data');
  const first = await serveFolder(t, data);
  const clientOf = async (endpoint: string, from: string) => {
    const text = await readFile(path.join(from, 'credentials'), 'utf8');
    const [, accessKeyId = '', secretAccessKey = ''] = /_id = (\S+)\n\S+_key = (\S+)/.exec(text) ?? [];
    const client = new IVSRealTimeClient({
      endpoint,
      region: 'us-west-2',
      credentials: { accessKeyId, secretAccessKey },
    });
    t.after(() => client.destroy());
    return client;
  };
  const { stage } = await (await clientOf(first.endpoint, data)).send(new CreateStageCommand({ name: 'kept' }));
  const file = path.join(folder, 'backup.tar');
  const made = await runJson('backup', file, '--data', data);
  assert.equal(made.file, file);
  assert.ok(made.files >= 2 && made.objects);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.deepEqual((await readdir(folder)).sort(), ['backup.tar', 'data']);

  const again = await run(['backup', file, '--data', data]);
  assert.deepEqual([again.status, again.stderr], [1, `${file} is there already\n`]);
  const taken = await run(['restore', file, '--data', data]);
  assert.equal(taken.status, 1);
  assert.match(taken.stderr, /Another server works on the data folder/);
  await first.stop();

  const restored = path.join(folder, 'restored');
  const { status, stdout, stderr } = await run(['restore', file, '--data', restored]);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /restored: \d+ files, [\d.]+ \w+, with objects, as of \d{4}-/);
  assert.equal(stderr, '');
  const second = await serveFolder(t, restored);
  const answer = await (await clientOf(second.endpoint, restored)).send(new GetStageCommand({ arn: stage?.arn }));
  assert.equal(answer.stage?.name, 'kept');

  const pipe = `"${launcher}" backup - --data "${restored}" | tar tf -`;
  const { stdout: names } = await promisify(execFile)('sh', ['-c', pipe]);
  assert.match(names, /^proscenium-backup\.json\ndata\/proscenium\.db\n[\s\S]*\nproscenium-backup\.sha256\n$/);
});

describe('proscenium backup and restore', () => {
  test('say what is wrong with a place, and leave nothing there', async (t) => {
    const folder = await makeFolder(t);
    const missing = await run(['backup', path.join(folder, 'backup.tar'), '--data', folder]);
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /^There is no database in /);
    const nowhere = await run(['backup', path.join(folder, 'no', 'backup.tar'), '--data', folder]);
    assert.match(nowhere.stderr, /^The backup cannot be written: ENOENT/);
    const unread = await run(['restore', path.join(folder, 'backup.tar'), '--data', path.join(folder, 'data')]);
    assert.match(unread.stderr, /^The backup cannot be read: ENOENT/);
    assert.deepEqual(await readdir(folder), []);
  });

  test('take what is no backup for none', async (t) => {
    const folder = await makeFolder(t);
    await writeFile(path.join(folder, 'x.tar'), 'text '.repeat(1_000));
    const { status, stderr } = await run(['restore', path.join(folder, 'x.tar'), '--data', path.join(folder, 'data')]);
    assert.deepEqual([status, stderr], [1, 'The file is no backup, or it is damaged\n']);
  });
});

test('sizes are told as people read them', () => {
  assert.deepEqual([0, 1_023, 1_024, 1_572_864, 5 * 1_024 ** 4].map(formatBytes), [
    '0 bytes',
    '1023 bytes',
    '1.0 KiB',
    '1.5 MiB',
    '5.0 TiB',
  ]);
});
