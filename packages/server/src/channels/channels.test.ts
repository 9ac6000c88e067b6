import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Channels } from './channels.ts';

const arn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdefABCDEF';
const other = 'arn:aws:ivs:us-west-2:123456789012:channel/ABCDEFabcdef';

async function fileWith(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-channel-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'file');
  await writeFile(file, text);
  return file;
}

test('without a list every channel is there, built in', async () => {
  const channels = await Channels.open({ channels: undefined });
  assert.deepEqual(channels.find(arn), { type: 'builtIn' });
  assert.equal(channels.has('arn:aws:ivs:us-west-2:123456789012:stage/abcdefABCDEF'), false);
});

test('with a list there are those alone', async (t) => {
  const authorities = await fileWith(t, 'PEM');
  const url = 'rtmps://live.example.com/app';
  const channels = await Channels.open({
    channels: [
      { arn, type: 'rtmp', url, streamKey: 'key', certificateAuthoritiesFile: authorities },
      { arn: other, type: 'builtIn' },
    ],
  });
  assert.deepEqual(channels.find(arn), { type: 'rtmp', url, streamKey: 'key', certificateAuthorities: 'PEM' });
  assert.deepEqual(channels.find(other), { type: 'builtIn' });
  assert.equal(channels.has(`${arn}X`), false);
});

test('a stream key may stand in a file, at the end of a line', async (t) => {
  const file = await fileWith(t, 'secret-key\n');
  const config = {
    arn,
    type: 'rtmp',
    url: 'rtmp://live.example.com/app',
    certificateAuthoritiesFile: undefined,
  } as const;
  const channels = await Channels.open({ channels: [{ ...config, streamKey: { file } }] });
  const channel = channels.find(arn);
  assert.equal(channel?.type === 'rtmp' && channel.streamKey, 'secret-key');

  const empty = await fileWith(t, 'two words');
  for (const [name, says] of [
    [empty, /streamKeyFile: .* does not hold a stream key/],
    [join(file, 'nowhere'), /streamKeyFile: .* cannot be read \(ENOTDIR\)/],
  ] as const) {
    await assert.rejects(Channels.open({ channels: [{ ...config, streamKey: { file: name } }] }), (error: Error) => {
      assert.equal(error.name, 'ConfigError');
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /two words/);
      return true;
    });
  }
});

test('a channel is one composition’s until that lets go', () => {
  const channels = new Channels();
  assert.equal(channels.take(arn, 'one'), true);
  assert.equal(channels.take(arn, 'one'), true);
  assert.equal(channels.take(arn, 'two'), false);
  assert.deepEqual([channels.isTakenByAnother(arn, 'one'), channels.isTakenByAnother(arn, 'two')], [false, true]);
  channels.leave('one');
  assert.equal(channels.take(arn, 'two'), true);
});
