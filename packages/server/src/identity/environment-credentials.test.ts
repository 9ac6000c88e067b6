import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findCredentials } from './environment-credentials.ts';

let folder: string;
let file: string;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'proscenium-credentials-'));
  file = path.join(folder, 'credentials');
  writeFileSync(
    file,
    '[default]\naws_access_key_id = ONE\naws_secret_access_key = first\n' +
      '[two]\naws_access_key_id = TWO\naws_secret_access_key = second\naws_session_token = passing\n' +
      '[half]\naws_access_key_id = HALF\n',
  );
});
after(() => rmSync(folder, { recursive: true }));

describe('credentials of the environment', () => {
  test('are its variables before any file', async () => {
    const keys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 'variable' };
    const own = { accessKeyId: 'ENV', secretAccessKey: 'variable', sessionToken: undefined };
    assert.deepEqual(await findCredentials({ ...keys, AWS_SHARED_CREDENTIALS_FILE: file }), own);
    assert.deepEqual(await findCredentials({ ...keys, AWS_SESSION_TOKEN: 'token' }), { ...own, sessionToken: 'token' });
  });

  test('are those of a profile of the shared file', async () => {
    const first = { accessKeyId: 'ONE', secretAccessKey: 'first', sessionToken: undefined };
    assert.deepEqual(await findCredentials({ AWS_SHARED_CREDENTIALS_FILE: file }), first);
    const second = { accessKeyId: 'TWO', secretAccessKey: 'second', sessionToken: 'passing' };
    assert.deepEqual(await findCredentials({ AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE: 'two' }), second);
  });

  for (const [what, environment] of [
    ['file', { AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials' }],
    ['profile', { AWS_PROFILE: 'three' }],
    ['secret', { AWS_PROFILE: 'half' }],
  ] as const) {
    test(`that are not there are told with what to set, where the ${what} is missing`, async () => {
      const found = findCredentials({ AWS_SHARED_CREDENTIALS_FILE: file, ...environment });
      await assert.rejects(
        found,
        /^Error: No credentials: .*credentials has no access key in profile .* set AWS_ACCESS_KEY_ID/,
      );
    });
  }
});
