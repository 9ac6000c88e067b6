import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { ffmpegCommand, ffmpegTestCommand, obsSettings } from './encoder-settings.ts';

const address = { server: 'rtmps://127.0.0.1:1936/app/', streamKey: "rt_1_us-west-2_key_it's&more" };

for (const [name, write] of Object.entries({ ffmpegCommand, ffmpegTestCommand })) {
  test(`${name} gives the address to the program as one word, behind options without B-frames`, () => {
    const script = `ffmpeg() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${write(address)}`;
    const words = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
    assert.equal(words.at(-1), `${address.server}${address.streamKey}`);
    assert.equal(words[words.indexOf('-bf') + 1], '0');
    assert.equal(words[words.indexOf('-f', words.length - 4) + 1], 'flv');
  });
}

test('OBS gets server and key apart', () => {
  const settings = new Map(obsSettings(address));
  assert.equal(settings.get('Server'), address.server);
  assert.equal(settings.get('Stream key'), address.streamKey);
});
