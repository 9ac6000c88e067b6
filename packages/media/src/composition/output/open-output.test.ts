import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Listener } from '../../rtmp/session.fixture.ts';
import { outputStart } from './encoded-media.fixture.ts';
import { openOutput } from './open-output.ts';

test('an output is opened by what its settings are, unless they cannot be', async (t) => {
  await using listener = await Listener.open();
  const url = `rtmp://127.0.0.1:${listener.port}/app`;
  const stream = await openOutput({ type: 'rtmp', url, streamKey: 'key' }, outputStart());
  assert.equal((await (await listener.session()).published).streamKey, 'key');
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-output-'));
  t.after(() => rm(folder, { recursive: true }));
  const hls = { type: 'hls', folder, rendition: 'high', targetSegmentDurationSeconds: 2 } as const;
  const recording = await openOutput(hls, outputStart());
  for (const output of [stream, recording]) {
    const states: string[] = [];
    output.on('report', ({ state }) => states.push(state));
    await output.close();
    assert.deepEqual(states, ['STOPPED']);
  }
  await assert.rejects(openOutput({ type: 'rtmp', url: 'http://e/app', streamKey: 'key' }, outputStart()), RangeError);
  await assert.rejects(openOutput({ ...hls, rendition: '..' }, outputStart()), RangeError);
});
