import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { createCredentialsFile } from './credentials-file.ts';

const owner = { account: '123456789012', userName: 'default' };

async function newFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  t.after(() => rm(folder, { recursive: true }));
  return join(folder, 'state', 'credentials');
}

const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

describe('The credentials file', () => {
  test('is made at the first start with a new key that only its owner can read', async (t) => {
    const file = await newFile(t);
    const key = await createCredentialsFile(file, owner);
    assert.match(key.accessKeyId, /^PRSC[A-Z2-7]{16}$/);
    assert.match(key.secretAccessKey, /^[A-Za-z0-9_-]{40}$/);
    assert.deepEqual({ account: key.account, userName: key.userName }, owner);
    assert.equal(await modeOf(file), 0o600);
    const text = `[default]\naws_access_key_id = ${key.accessKeyId}\naws_secret_access_key = ${key.secretAccessKey}\n`;
    assert.equal(await readFile(file, 'utf8'), text);
    assert.deepEqual(await readdir(dirname(file)), ['credentials']);
  });

  test('is read and left as it is at every later start', async (t) => {
    const file = await newFile(t);
    const key = await createCredentialsFile(file, owner);
    assert.deepEqual(await createCredentialsFile(file, owner), key);
    assert.deepEqual(await readdir(dirname(file)), ['credentials']);
  });

  test('has one key when several servers start at once', async (t) => {
    const file = await newFile(t);
    const keys = await Promise.all(Array.from({ length: 8 }, () => createCredentialsFile(file, owner)));
    assert.equal(new Set(keys.map(({ secretAccessKey }) => secretAccessKey)).size, 1);
  });

  test('is different each time it is made', async (t) => {
    const [one, another] = [await newFile(t), await newFile(t)];
    const keys = [await createCredentialsFile(one, owner), await createCredentialsFile(another, owner)];
    assert.notEqual(keys[0]?.accessKeyId, keys[1]?.accessKeyId);
    assert.notEqual(keys[0]?.secretAccessKey, keys[1]?.secretAccessKey);
  });

  test('may have comments, other profiles and other settings, and is closed to others when it was open', async (t) => {
    const file = await newFile(t);
    await createCredentialsFile(file, owner);
    const lines = [
      '# ours',
      '[other]',
      'aws_access_key_id = OTHER',
      ' [ default ] ',
      ';aws_access_key_id=COMMENT',
      'aws_access_key_id=MINE',
      'region = us-west-2',
      'aws_secret_access_key =  a=b ',
      '[last]',
      'aws_secret_access_key = other',
    ];
    await writeFile(file, lines.join('\r\n'));
    await chmod(file, 0o644);
    const key = await createCredentialsFile(file, owner);
    assert.deepEqual(key, { accessKeyId: 'MINE', secretAccessKey: 'a=b', ...owner });
    assert.equal(await modeOf(file), 0o600);
  });

  test('is refused by its name alone when the profile is not complete', async (t) => {
    const file = await newFile(t);
    await createCredentialsFile(file, owner);
    await writeFile(file, '[default]\naws_secret_access_key = very-secret\n');
    await assert.rejects(createCredentialsFile(file, owner), (error: Error) => {
      assert.ok(error.message.includes(file));
      assert.ok(!error.message.includes('very-secret'));
      return true;
    });
  });

  test('is not made where the folder cannot be written to', async (t) => {
    const file = await newFile(t);
    await createCredentialsFile(file, owner);
    await assert.rejects(createCredentialsFile(join(file, 'credentials'), owner), /ENOTDIR|EEXIST/);
  });
});
