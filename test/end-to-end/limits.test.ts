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
  let fullHd: string;

  before(async () => {
    server = await startServer({ env: { PROSCENIUM_QUOTAS_PUBLISH_BITRATE_BPS: '300000' } });
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-limits-'));
    fullHd = await encode('1080p', '1920x1080', ['-pix_fmt', 'yuv420p', '-bf', '0']);
  });
  after(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A video of ten seconds, by x264. */
  async function encode(name: string, size: string, options: string[]): Promise<string> {
    const file = path.join(folder, `${name}.mp4`);
    const source = ['-f', 'lavfi', '-i', `color=size=${size}:rate=5:duration=10`];
    await run('ffmpeg', [
      '-v',
      'error',
      ...source,
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-g',
      '5',
      ...options,
      file,
    ]);
    return file;
  }

  /** What stands in the end among the events of somebody who publishes so. */
  async function eventsOf(
    t: TestContext,
    on: ServerProcess,
    publish: (target: MediaTarget) => MediaChild,
  ): Promise<string[]> {
    const stage = await TestStage.create(on, ['encoder', 'viewer']);
    const viewer = await connectEvents(stage.invited('viewer').token);
    t.after(() => viewer.close());
    const sessionId = await stage.activeSessionId();
    const { token, participantId } = stage.invited('encoder');
    const publisher = publish({ url: stage.whipUrl, token });
    t.after(() => publisher.kill());
    const events = await stage.untilEvent(sessionId, participantId, 'LEFT');
    return events.map(({ name, errorCode }) => (errorCode ? `${name} ${errorCode}` : `${name}`));
  }

  async function isCut(t: TestContext, errorCode: string, publish: (target: MediaTarget) => MediaChild): Promise<void> {
    const events = await eventsOf(t, server, publish);
    assert.deepEqual(events, ['JOINED', 'PUBLISH_STARTED', `PUBLISH_ERROR ${errorCode}`, 'PUBLISH_STOPPED', 'LEFT']);
  }

  test('is cut for B-frames', async (t) => {
    const file = await encode('b-frames', '320x180', ['-pix_fmt', 'yuv420p', '-bf', '2', '-b_strategy', '0']);
    await isCut(t, 'B_FRAME_PRESENT', (target) => publishFile(target, file));
  });

  test('is cut for a picture of 1080p', (t) =>
    isCut(t, 'RESOLUTION_EXCEEDED', (target) => publishFile(target, fullHd)));

  test('sends 1080p to its end where pictures have no limit', async (t) => {
    const lifted = await startServer({ env: { PROSCENIUM_QUOTAS_PUBLISH_PIXELS: 'unlimited' } });
    t.after(() => lifted.stop());
    const events = await eventsOf(t, lifted, (target) => publishFile(target, fullHd));
    assert.deepEqual(events, ['JOINED', 'PUBLISH_STARTED', 'PUBLISH_STOPPED', 'LEFT']);
  });

  test('is cut for 4:2:2', async (t) => {
    const file = await encode('422', '320x180', ['-pix_fmt', 'yuv422p', '-bf', '0']);
    await isCut(t, 'INVALID_VIDEO_CODEC', (target) => publishFile(target, file));
  });

  test('is cut for its bitrate', (t) => isCut(t, 'BITRATE_EXCEEDED', publishByFfmpeg));
});
