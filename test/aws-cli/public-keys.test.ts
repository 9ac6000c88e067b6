import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, describe } from 'node:test';
import { aws, awsJson, awsMissing, awsTest } from '../support/aws.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { createKeyPair } from '../support/key-pair.ts';
import { type ServerProcess, startServer } from '../support/server.ts';

interface PublicKey {
  arn: string;
  name: string;
  publicKeyMaterial: string;
  fingerprint: string;
  tags: Record<string, string>;
}

describe('The AWS CLI, on public keys', { skip: await awsMissing() }, () => {
  let server: ServerProcess;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  const run = <Output>(...args: string[]): Promise<Output> => awsJson<Output>(server, ...args);

  awsTest('imports, shows, lists and deletes a key that openssl made', async (t) => {
    const { publicFile } = createKeyPair(await createDataFolder(t));
    const material = ['--public-key-material', `file://${publicFile}`];
    const { publicKey } = await run<{ publicKey: PublicKey }>(
      'import-public-key',
      '--name',
      'backend',
      ...material,
      '--tags',
      'team=red',
    );
    const { arn, ...rest } = publicKey;
    assert.match(arn, /^arn:aws:ivs:us-west-2:123456789012:public-key\/[a-zA-Z0-9]{12}$/);
    assert.deepEqual(rest, {
      name: 'backend',
      publicKeyMaterial: readFileSync(publicFile, 'utf8'),
      fingerprint: md5OfKey(publicFile),
      tags: { team: 'red' },
    });
    assert.deepEqual(await run('get-public-key', '--arn', arn), { publicKey });
    assert.deepEqual(await run('list-public-keys', '--page-size', '1'), {
      publicKeys: [{ arn, name: 'backend', tags: { team: 'red' } }],
    });

    const again = await aws(server, ['import-public-key', ...material]);
    assert.match(again.stderr, /\(ConflictException\) when calling the ImportPublicKey operation: The public key has/);
    assert.deepEqual(await aws(server, ['delete-public-key', '--arn', arn]), { status: 0, stdout: '', stderr: '' });
    const gone = await aws(server, ['get-public-key', '--arn', arn]);
    assert.match(gone.stderr, /\(ResourceNotFoundException\) when calling the GetPublicKey operation: Public key not/);
  });

  awsTest('is told when it is given the private key, without the key', async (t) => {
    const { privateFile } = createKeyPair(await createDataFolder(t));
    const { stderr } = await aws(server, ['import-public-key', '--public-key-material', `file://${privateFile}`]);
    assert.match(stderr, /\(ValidationException\) when calling the ImportPublicKey operation: /);
    const [, firstLine = ''] = readFileSync(privateFile, 'utf8').split('\n');
    assert.equal(stderr.includes(firstLine.slice(0, 8)), false);
  });
});

/** What openssl takes for the fingerprint of the key. */
function md5OfKey(publicFile: string): string | undefined {
  const der = execFileSync('openssl', ['pkey', '-pubin', '-in', publicFile, '-outform', 'DER']);
  const digest = execFileSync('openssl', ['dgst', '-md5', '-c'], { input: der, encoding: 'utf8' });
  return digest.trim().split(' ').at(-1);
}
