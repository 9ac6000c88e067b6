import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { connectEvents } from '../support/events-socket.ts';
import type { MediaChild, MediaTarget } from '../support/media-child.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { publishByFfmpeg, publishFile } from '../support/whip-publisher.ts';

const run = promisify(execFile);

describe('a publisher that heeds no feedback', () => {
  let server: ServerProcess;
  let folder: string;

  before(async () => {
    server = await startServer({ env: { PROSCENIUM_QUOTAS_PUBLISH_BITRATE_BPS: '300000' } });
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-limits-'));
  });
  after(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A video of half a minute, by x264. */
  async function encode(name: string, size: string, options: string[]): Promise<string> {
    const file = path.join(folder, `${name}.mp4`);
    const source = ['-f', 'lavfi', '-i', `color=size=${size}:rate=10:duration=30`];
    await run('ffmpeg', [
      '-v',
      'error',
      ...source,
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-g',
      '10',
      ...options,
      file,
    ]);
    return file;
  }

  async function isCut(t: TestContext, errorCode: string, publish: (target: MediaTarget) => MediaChild): Promise<void> {
    const stage = await TestStage.create(server, ['encoder', 'viewer']);
    const viewer = await connectEvents(stage.invited('viewer').token);
    t.after(() => viewer.close());
    const sessionId = await stage.activeSessionId();
    const { token, participantId } = stage.invited('encoder');
    const publisher = publish({ url: stage.whipUrl, token });
    t.after(() => publisher.kill());
    const events = await stage.untilEvent(sessionId, participantId, 'LEFT');
    assert.deepEqual(
      events.map(({ name, errorCode: code }) => [name, code]),
      [
        ['JOINED', undefined],
        ['PUBLISH_STARTED', undefined],
        ['PUBLISH_ERROR', errorCode],
        ['PUBLISH_STOPPED', undefined],
        ['LEFT', undefined],
      ],
    );
  }

  test('is cut for B-frames', async (t) => {
    const file = await encode('b-frames', '320x180', ['-pix_fmt', 'yuv420p', '-bf', '2', '-b_strategy', '0']);
    await isCut(t, 'B_FRAME_PRESENT', (target) => publishFile(target, file));
  });

  test('is cut for its bitrate', (t) => isCut(t, 'BITRATE_EXCEEDED', publishByFfmpeg));
});
