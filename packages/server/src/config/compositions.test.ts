import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { stringify } from 'yaml';
import { loadConfig } from './config.ts';

const arn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdefABCDEF';
const url = 'rtmps://live.example.com:443/app';

function load(t: TestContext, compositions: object) {
  const folder = mkdtempSync(path.join(tmpdir(), 'proscenium-config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'config.yaml');
  writeFileSync(file, stringify({ compositions }));
  return loadConfig({ file, environment: {}, flags: { data: '/srv/data' } }).compositions;
}

test('without a list of channels there is each, in a bucket that may be called otherwise', (t) => {
  const channelsFolder = '/srv/data/channels';
  assert.deepEqual(load(t, {}), { channels: undefined, cores: undefined, channelsBucket: 'channels', channelsFolder });
  assert.equal(load(t, { channelsBucket: 'live-streams' }).channelsBucket, 'live-streams');
  assert.deepEqual(load(t, { channels: [] }).channels, []);
});

test('channels are built in, or pushed with a key of theirs', (t) => {
  const { channels } = load(t, {
    channels: [
      { arn, url, streamKey: 'key', certificateAuthoritiesFile: '/etc/authorities.pem' },
      { arn: `${arn}2`, url: 'rtmp://[::1]:1935/app', streamKeyFile: 'key-file' },
      { arn: `${arn}3`, builtIn: true },
    ],
  });
  assert.deepEqual(channels, [
    { arn, type: 'rtmp', url, streamKey: 'key', certificateAuthoritiesFile: '/etc/authorities.pem' },
    {
      arn: `${arn}2`,
      type: 'rtmp',
      url: 'rtmp://[::1]:1935/app',
      streamKey: { file: path.resolve('key-file') },
      certificateAuthoritiesFile: undefined,
    },
    { arn: `${arn}3`, type: 'builtIn' },
  ]);
});

test('what is wrong with a channel is told by the name of the option, without its value', (t) => {
  const push = { arn, url, streamKey: 'hidden' };
  const wrong: [object[], RegExp][] = [
    [[{ arn: 'channel-1', builtIn: true }], /compositions\.channels\[0\]\.arn: must be the ARN of a channel/],
    [
      [{ arn: arn.replace('us-west-2', 'xx-nowhere-1'), builtIn: true }],
      /channels\[0\]\.arn: is in none of the regions/,
    ],
    [[push, { ...push }], /channels\[1\]\.arn: another channel has it too/],
    [[{ arn }], /channels\[0\]\.url: is missing, and the channel is not built in either/],
    [[{ ...push, url: 'https://live.example.com/app' }], /channels\[0\]\.url: must be an rtmp or rtmps address/],
    [[{ ...push, url: 'rtmp://user:hidden@live.example.com/app' }], /channels\[0\]\.url: must be an rtmp or rtmps/],
    [[{ ...push, url: 'rtmp://live.example.com' }], /channels\[0\]\.url: must be an rtmp or rtmps address/],
    [[{ ...push, url: 'rtmp://live.example.com:99999/app' }], /channels\[0\]\.url: must be an rtmp or rtmps address/],
    [[{ arn, url }], /channels\[0\]\.streamKey: is missing, and streamKeyFile as well/],
    [[{ ...push, streamKey: 'hid den' }], /channels\[0\]\.streamKey: must be 1 to 512 printable characters/],
    [[{ ...push, streamKeyFile: 'key' }], /channels\[0\]\.streamKey: is set, and so is streamKeyFile/],
    [[{ ...push, builtIn: true }], /channels\[0\]\.url: a built-in channel has none/],
    [
      [{ ...push, url: 'rtmp://live.example.com/app', certificateAuthoritiesFile: 'a.pem' }],
      /channels\[0\]\.certificateAuthoritiesFile: is for an rtmps address/,
    ],
    [[{ ...push, key: 'hidden' }], /channels\[0\]\.key: there is no such option/],
  ];
  for (const [channels, says] of wrong) {
    assert.throws(
      () => load(t, { channels }),
      (error: Error) => {
        assert.match(error.message, says);
        assert.doesNotMatch(error.message, /hid ?den/);
        return true;
      },
    );
  }
});
