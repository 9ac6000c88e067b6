import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { configurationCheck } from './configuration.ts';
import { createFolder, found, unstopped } from './found.fixture.ts';

async function examineFile(t: TestContext, text: string): Promise<string[]> {
  const file = path.join(await createFolder(t), 'proscenium.yaml');
  await writeFile(file, text);
  const result = await configurationCheck({ file, environment: {}, flags: {} }).run({}, unstopped);
  return found(result).map((line) => line.replaceAll(`${file}: `, ''));
}

describe('the configuration', () => {
  test('that goes together is told in a line', async (t) => {
    assert.deepEqual(await examineFile(t, 'media: { workers: 2 }'), [
      'ok: listens on 127.0.0.1:7080, 2 media workers, account 123456789012 in us-west-2',
    ]);
  });

  test('that cannot be read fails with each fault, and shows no secret', async (t) => {
    const lines = await examineFile(t, 'lissten: 1\nturn: { secret: [hush] }');
    assert.deepEqual(lines, [
      'failed: lissten: there is no such option',
      'failed: turn.secret: must be text (a number needs quotes around it)',
    ]);
    const missing = configurationCheck({ file: '/nowhere.yaml', environment: {}, flags: {} });
    assert.match(
      found(await missing.run({}, unstopped)).join(),
      /^failed: The configuration file cannot be read: ENOENT/,
    );
  });

  for (const [what, text, expected] of [
    [
      'whose media ports include that of the API',
      'listen: 127.0.0.1:7082\nmedia: { workers: 4 }',
      /^failed: port 7082 of listen/,
    ],
    [
      'whose media ports go beyond the last one',
      'media: { port: 65534, workers: 4 }',
      /^failed: media ports 65534 to 65537/,
    ],
    ['with a port for two things', 'ingest: { rtmpPort: 7080 }', /^failed: ingest\.rtmpPort: port 7080 is another/],
    [
      'with an access key twice',
      `accessKeys: [${'{ accessKeyId: A, secretAccessKey: b },'.repeat(2)}]`,
      /^failed: two access keys/,
    ],
    ['by which others come without TLS', 'listen: 0.0.0.0:7080', /^warning: .* no camera/],
    [
      'with TLS of its own and a public address without',
      'publicUrl: http://a.example\ntls: { certFile: a, keyFile: b }',
      /^warning: the server speaks https/,
    ],
    ['for test suites', 'testing: { enabled: true }', /^warning: testing\.enabled/],
  ] as const) {
    test(`${what} is noticed`, async (t) => {
      const [fine, ...others] = await examineFile(t, text);
      assert.match(fine ?? '', /^ok/);
      assert.equal(others.length, 1, others.join('\n'));
      assert.match(others[0] ?? '', expected);
    });
  }

  test('behind a TLS proxy is fine', async (t) => {
    const lines = await examineFile(t, 'listen: 0.0.0.0:7080\npublicUrl: https://a.example');
    assert.equal(lines.length, 1);
  });
});
