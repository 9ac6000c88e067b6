import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useClient } from './client.ts';

describe('Logging', () => {
  const client = useClient({ withMedia: true });

  const printed = () => {
    const lines: { type: string; text: string }[] = [];
    client.page.on('console', (message) => lines.push({ type: message.type(), text: message.text() }));
    return lines;
  };

  it('writes nothing to the console unless it is asked to, whatever goes wrong', async () => {
    const lines = printed();
    await client.media.publishPicture('bob');
    await client.join();
    await client.publishCamera();
    await client.until('publish ann published');
    await client.until('subscribe bob subscribed');
    client.server.send('ann', 'PUBLISH_ERROR', { errorCode: 'BITRATE_EXCEEDED' });
    await client.until('error PUBLISH_ERROR 4');
    const said = (await client.lines()).length;
    client.server.breakSocket('ann');
    // A socket that is closed before it is open makes the browser itself say so.
    await client.until('connection connected', said);
    await client.page.evaluate(() => stage.leave());
    await client.until('left stage user-initiated');
    assert.deepEqual(lines, []);
  });

  it('writes to the console as much as its level lets through, and never a token', async () => {
    const lines = printed();
    const token = client.server.token('ann');
    const join = (level: string) =>
      client.page.evaluate(
        async ([given, logLevel]) => {
          const { Stage, strategy } = t;
          const stage = new Stage(given, strategy, { logLevel: logLevel as 'debug' });
          await stage.join();
          stage.leave();
        },
        [token, level] as const,
      );
    await join('info');
    assert.ok(lines.length > 0 && lines.every(({ type, text }) => type === 'info' && text.startsWith('stage: ')));
    await join('debug');
    assert.ok(lines.some(({ type }) => type === 'debug'));
    assert.ok(!lines.some(({ text }) => text.includes(token)));
  });

  it('writes to the logger that it is given, and bears one that throws', async () => {
    const uncaught = await client.page.evaluate(async (token) => {
      const log = () => {
        throw new Error('no place');
      };
      const logger = { error: log, warn: log, info: log, debug: log };
      const stage = new t.Stage(token, t.strategy, { logLevel: t.LogLevels.INFO, logger });
      await stage.join();
      stage.leave();
      return t.uncaught.splice(0);
    }, client.server.token('ann'));
    assert.ok(uncaught.length > 0 && uncaught.every((message) => message === 'Uncaught Error: no place'));
  });
});
