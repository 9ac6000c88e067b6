import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createIdentity, Publisher, postTo, subscribeByPost, VIDEO_DEFAULTS } from '@proscenium/load-test';
import { type ServerProcess, startServer, testAccessKey } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const program = fileURLToPath(new URL('../../packages/load-test/src/main.ts', import.meta.url));

describe('the load generator', () => {
  let server: ServerProcess;

  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  /** Runs it to its own end: whatever it leaves open would keep it. */
  async function run(...args: string[]) {
    const child = spawn(process.execPath, [program, '--seconds', '3', '--bitrate', '500000', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: testAccessKey.accessKeyId,
        AWS_SECRET_ACCESS_KEY: testAccessKey.secretAccessKey,
      },
    });
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { output, errors, code };
  }

  for (const by of ['post', 'socket']) {
    test(`carries 2 publishers to 6 subscribers by ${by} without loss, and ends by itself`, async () => {
      const stage = await TestStage.create(server, []);
      const invitation = ['--stage-arn', stage.arn, '--endpoint', server.endpoint];
      const { output, errors, code } = await run(...invitation, '--publishers', '2', '--subscribers', '6', '--by', by);
      assert.equal(code, 0, errors);
      const result = JSON.parse(output);
      assert.deepEqual([result.lost, result.repaired, result.notAuthentic], [0, 0, 0]);
      assert.ok(result.opened > 0);
      // Picture and sound.
      assert.equal(result.streams, 2 * 6 * 2);
      assert.ok(result.latencyMs.p50 > 0);
      assert.ok(result.firstPacketMs.p50 <= result.firstKeyFrameMs.p50);
      const [session] = await stage.sessions();
      for (const { participantId = '' } of await stage.participants(session?.sessionId ?? '')) {
        await stage.untilEvent(session?.sessionId ?? '', participantId, 'LEFT');
      }
    });
  }

  test('gets back what a bad line loses, by asking for it', async () => {
    const stage = await TestStage.create(server, ['host', 'viewer']);
    const [host, viewer] = [stage.invited('host'), stage.invited('viewer')];
    const identity = await createIdentity();
    const video = { ...VIDEO_DEFAULTS, bitrateBps: 500_000 };
    const publisher = await Publisher.start(postTo(stage.whipUrl, host.token), { identity, video, audio: false });
    await stage.untilEvent(await stage.activeSessionId(), host.participantId, 'PUBLISH_STARTED');
    const signalling = postTo(stage.subscribeUrl(host.participantId), viewer.token);
    const { receiver, stop } = await subscribeByPost(signalling, ['video'], { identity, openEveryPictures: 1 });
    receiver.lossRatio = 0.05;
    await until(
      async () => receiver.received,
      ({ repaired }) => repaired >= 20,
    );
    receiver.lossRatio = 0;
    // What is asked for and lost once more is asked for again.
    await until(
      async () => receiver.received,
      ({ lost, repaired }) => lost < repaired / 10,
    );
    assert.equal(receiver.received.notAuthentic, 0);
    await stop();
    await publisher.stop();
  });

  test('says what the server answered to one who may not, and ends', async () => {
    const stage = await TestStage.create(server, ['alone']);
    const { errors, code } = await run('--token', `${stage.invited('alone').token}x`, '--publishers', '1');
    assert.notEqual(code, 0);
    assert.match(errors, /Refused: The offer to \/whip\/\S+ was answered with 401: /);
  });

  test('says that a publisher is not there', async () => {
    const stage = await TestStage.create(server, ['viewer']);
    const signalling = postTo(stage.subscribeUrl('AAAAAAAAAAAA'), stage.invited('viewer').token);
    const options = { identity: await createIdentity(), openEveryPictures: 1 };
    await assert.rejects(subscribeByPost(signalling, ['video'], options), { name: 'Refused', status: 404 });
  });

  test('gives up a server that does not answer its checks', async () => {
    const lonely = async (offer: string) => ({
      // An answer of the right form, from a port where nobody listens.
      answer: `${offer.replace('recvonly', 'sendonly')}a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n`,
      end: async () => undefined,
    });
    const options = { identity: await createIdentity(), openEveryPictures: 1 };
    await assert.rejects(subscribeByPost(lonely, ['video'], options), /ECONNREFUSED|does not answer/);
  });
});
