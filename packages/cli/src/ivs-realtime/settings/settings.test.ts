import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findCredentials } from './credentials.ts';
import { readProfile } from './profile.ts';
import { readSettings } from './settings.ts';

let folder: string;
let environment: NodeJS.ProcessEnv;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'proscenium-settings-'));
  environment = {
    AWS_CONFIG_FILE: path.join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials'),
  };
  writeFileSync(
    environment.AWS_CONFIG_FILE ?? '',
    `
[default]
region = eu-west-1
output = text

[profile dev]
# a comment
region=us-west-2
services = local
endpoint_url = http://all.example
cli_timestamp_format = wire
max_attempts = 7

[services local]
s3 =
  endpoint_url = http://s3.example
ivs_realtime =
  endpoint_url = http://ivs.example

[profile process]
credential_process = "${process.execPath}" -e "console.log(JSON.stringify({ Version: 1, AccessKeyId: 'P', SecretAccessKey: 'S', SessionToken: 'T' }))"

[profile failing]
credential_process = ${process.execPath} -e "console.log('half a secret')"

[profile role]
role_arn = arn:aws:iam::1:role/x
`,
  );
  writeFileSync(
    environment.AWS_SHARED_CREDENTIALS_FILE ?? '',
    '[default]\naws_access_key_id = D\naws_secret_access_key = DS\n[dev]\naws_access_key_id = V\naws_secret_access_key = VS\n[half]\naws_access_key_id = H\n',
  );
});
after(() => rmSync(folder, { recursive: true }));

const settings = (options: Record<string, string> = {}, more: NodeJS.ProcessEnv = {}) =>
  readSettings(new Map(Object.entries(options).map(([name, value]) => [name, [value]])), {
    environment: { ...environment, ...more },
    service: 'ivs-realtime',
  });

describe('Settings', () => {
  test('are those of the default profile, of the environment, and of options, in this order', () => {
    assert.deepEqual([settings().region, settings().output], ['eu-west-1', 'text']);
    const own = { AWS_DEFAULT_REGION: 'a', AWS_DEFAULT_OUTPUT: 'yaml' };
    assert.deepEqual([settings({}, own).region, settings({}, own).output], ['a', 'yaml']);
    assert.equal(settings({}, { ...own, AWS_REGION: 'b' }).region, 'b');
    assert.equal(settings({ region: 'c', output: 'json' }, own).region, 'c');
  });

  test('are those of a profile that is named', () => {
    const { region, timestamps, attempts } = settings({ profile: 'dev' });
    assert.deepEqual([region, timestamps, attempts], ['us-west-2', 'wire', 7]);
    assert.equal(settings({}, { AWS_PROFILE: 'dev' }).region, 'us-west-2');
    assert.throws(() => settings({ profile: 'none' }), {
      exitCode: 255,
      message: 'The config profile (none) could not be found',
    });
  });

  test('name the server for this service before that for all', () => {
    const endpoint = (options: Record<string, string>, more: NodeJS.ProcessEnv = {}) =>
      settings(options, more).endpoint.href;
    assert.equal(endpoint({}), 'https://ivsrealtime.eu-west-1.amazonaws.com/');
    assert.equal(endpoint({ region: 'cn-north-1' }), 'https://ivsrealtime.cn-north-1.amazonaws.com.cn/');
    assert.equal(endpoint({ profile: 'dev' }), 'http://ivs.example/');
    assert.equal(endpoint({ profile: 'dev' }, { AWS_ENDPOINT_URL: 'http://env' }), 'http://env/');
    const both = { AWS_ENDPOINT_URL: 'http://env', AWS_ENDPOINT_URL_IVS_REALTIME: 'http://own' };
    assert.equal(endpoint({ profile: 'dev' }, both), 'http://own/');
    assert.equal(endpoint({ 'endpoint-url': 'http://option' }, both), 'http://option/');
    const ignoring = { ...both, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
    assert.equal(endpoint({ profile: 'dev' }, ignoring), 'https://ivsrealtime.us-west-2.amazonaws.com/');
  });

  for (const [options, more, message] of [
    [{ region: 'a b' }, {}, "Provided region_name 'a b' doesn't match a supported format."],
    [{}, { AWS_DEFAULT_OUTPUT: 'xml' }, 'Unknown output type: xml'],
    [{}, { AWS_MAX_ATTEMPTS: '0' }, /Invalid value for max_attempts: 0/],
    [{}, { AWS_RETRY_MODE: 'wild' }, /Invalid value provided to "mode": "wild" must be one of/],
    [{ 'endpoint-url': 'ftp://x' }, {}, 'Invalid endpoint: ftp://x'],
  ] as const) {
    test(`are refused: ${message}`, () =>
      assert.throws(() => settings(options, more), { name: 'CommandFailure', message }));
  }

  test('wait a minute, as long as they say, or for ever', () => {
    assert.equal(settings().readTimeoutMs, 60_000);
    assert.equal(settings({ 'cli-connect-timeout': '5' }).connectTimeoutMs, 5_000);
    assert.equal(settings({ 'cli-read-timeout': '0' }).readTimeoutMs, undefined);
  });
});

describe('Credentials', () => {
  const find = ({ profile }: { profile?: string } = {}, more: NodeJS.ProcessEnv = {}) => {
    const all = { ...environment, ...more };
    return findCredentials(readProfile(profile, all), all);
  };
  const own = { AWS_ACCESS_KEY_ID: 'E', AWS_SECRET_ACCESS_KEY: 'ES', AWS_SESSION_TOKEN: 'ET' };

  test('are those of the environment, unless an option names a profile', async () => {
    assert.deepEqual(await find(), { accessKeyId: 'D', secretAccessKey: 'DS', sessionToken: undefined });
    assert.deepEqual(await find({}, own), { accessKeyId: 'E', secretAccessKey: 'ES', sessionToken: 'ET' });
    assert.equal((await find({}, { ...own, AWS_PROFILE: 'dev' })).accessKeyId, 'E');
    assert.equal((await find({ profile: 'dev' }, own)).accessKeyId, 'V');
  });

  test('may come from a process', async () => {
    assert.deepEqual(await find({ profile: 'process' }), { accessKeyId: 'P', secretAccessKey: 'S', sessionToken: 'T' });
    await assert.rejects(find({ profile: 'failing' }), {
      exitCode: 255,
      message: 'Error when retrieving credentials from custom-process: its answer is no JSON object',
    });
  });

  test('that only the AWS CLI can get are told from none', async () => {
    await assert.rejects(find({ profile: 'role' }), { exitCode: 253, message: /gets its credentials by role_arn/ });
    await assert.rejects(find({}, { AWS_SHARED_CREDENTIALS_FILE: '/dev/null' }), {
      exitCode: 253,
      message: /^Unable to locate credentials/,
    });
    await assert.rejects(find({ profile: 'half' }), {
      message: 'Partial credentials found in shared-credentials-file, missing: aws_secret_access_key',
    });
  });
});
