import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DeleteStageCommand, ListStagesCommand } from '@aws-sdk/client-ivs-realtime';
import { Publisher, postTo, subscribeByPost, VIDEO_DEFAULTS } from '@proscenium/load-test';
import { createIdentity } from '@proscenium/participant/connection';
import { type ServerProcess, startServer, testAccessKey } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const launcher = fileURLToPath(new URL('../../packages/cli/bin/proscenium', import.meta.url));

describe('the load generator', () => {
  let server: ServerProcess;

  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  /** Starts the command as a user does. */
  function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(launcher, ['load-test', '--bitrate', '300000', ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: testAccessKey.accessKeyId,
        AWS_SECRET_ACCESS_KEY: testAccessKey.secretAccessKey,
        AWS_REGION: server.region,
        AWS_ENDPOINT_URL: '',
        ...env,
      },
    });
    const said = { output: '', errors: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said.output += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said.errors += chunk;
    });
    const ended = once(child, 'close').then(([code]) => ({ ...said, code: code as number }));
    return { child, said, ended };
  }

  const run = (...args: string[]) => start(['--duration', '3', ...args]).ended;

  async function stages(): Promise<string[]> {
    const { stages: found } = await server.client.send(new ListStagesCommand());
    return (found ?? []).map(({ arn = '' }) => arn);
  }

  for (const by of ['post', 'socket']) {
    test(`carries 2 publishers to 4 subscribers by ${by}, on a stage of its own that goes afterwards`, async () => {
      const before = await stages();
      const load = ['--publishers', '2', '--subscribers', '4', '--subscribe-by', by];
      const { output, errors, code } = await run('--endpoint', server.endpoint, ...load, '--json');
      assert.equal(code, 0, errors);
      const report = JSON.parse(output);
      assert.equal(report.passed, true);
      assert.equal(report.madeForTest, true);
      assert.deepEqual(report.publishers, { wanted: 2, joined: 2 });
      assert.deepEqual(report.subscribers, { wanted: 4, joined: 4, cameAgain: 0 });
      assert.deepEqual([report.failures, report.disconnects], [[], []]);
      const { packets, joinMs, firstPacketMs, firstKeyFrameMs, latencyMs, bitrateBps } = report;
      assert.equal(packets.notAuthentic, 0);
      assert.ok(packets.opened > 0);
      // Picture and sound.
      assert.equal(packets.streams, 2 * 4 * 2);
      assert.equal(joinMs.publishers.count, 2);
      assert.equal(joinMs.subscribers.count, 4);
      assert.ok(latencyMs.count > 0);
      assert.ok(latencyMs.p50 > 0);
      assert.ok(firstPacketMs.p50 <= firstKeyFrameMs.p50);
      assert.ok(bitrateBps.in > bitrateBps.out);
      assert.ok(report.measuredSeconds >= 3);
      assert.deepEqual(await stages(), before);
      assert.ok(!output.includes('eyJ'), 'no token is printed');
    });
  }

  test('tells people the same on a stage that is there, which stays, and everybody has left', async () => {
    const stage = await TestStage.create(server, []);
    const where = ['--stage-arn', stage.arn, '--endpoint', server.endpoint];
    const { output, errors, code } = await run(...where, '--subscribers', '2', '--no-audio');
    assert.equal(code, 0, errors);
    assert.match(output, /^measuring \d+ s of 3 s · publishers 1\/1 .*· subscribers 2\/2 /m);
    assert.match(output, /^1 of 1 publishers and 2 of 2 subscribers were there at the end$/m);
    assert.match(output, /^First key frame +2 +\d/m);
    assert.match(output, /^PASS {2}max-failures 0: 0$/m);
    assert.ok((await stages()).includes(stage.arn));
    const [session] = await stage.sessions();
    const participants = await stage.participants(session?.sessionId ?? '');
    assert.equal(participants.length, 3);
    for (const { participantId = '' } of participants) {
      await stage.untilEvent(session?.sessionId ?? '', participantId, 'LEFT');
    }
  });

  test('publishes in layers, of which each subscriber gets one', async () => {
    const where = ['--endpoint', server.endpoint, '--subscribe-by', 'socket'];
    const { output, errors, code } = await run(...where, '--simulcast', '--subscribers', '1', '--json');
    assert.equal(code, 0, errors);
    const report = JSON.parse(output);
    assert.equal(report.load.lowerLayers.length, 2);
    assert.equal(report.packets.streams, 2);
    // Three layers and a sound go out, one layer and the sound come in.
    assert.ok(report.bitrateBps.in < report.bitrateBps.out);
  });

  test('takes tokens from standard input, publishers first, and lets subscribers leave and come again', async () => {
    const stage = await TestStage.create(server, ['host', 'one', 'two']);
    const { child, ended } = start(['--duration', '4', '--tokens-from', '-', '--churn-per-second', '2', '--json']);
    child.stdin.end(['host', 'one', 'two'].map((userId) => `${stage.invited(userId).token}\n`).join(''));
    const { output, errors, code } = await ended;
    assert.equal(code, 0, errors);
    const report = JSON.parse(output);
    assert.equal(report.stageArn, null);
    assert.ok(report.subscribers.cameAgain > 0);
    assert.equal(report.joinMs.subscribers.count, 2 + report.subscribers.cameAgain);
  });

  test('ends with 1 when a limit was not kept, and says which one', async () => {
    const limits = ['--max-latency-ms-p99', '0.001', '--max-loss', '100'];
    const { output, errors, code } = await run('--endpoint', server.endpoint, '--subscribers', '1', ...limits);
    assert.equal(code, 1, errors);
    assert.match(output, /^FAIL {2}max-latency-ms-p99 0\.00 ms: \S+ ms$/m);
    assert.match(output, /^PASS {2}max-loss 100\.00 %: \S+ %$/m);
  });

  test('tells who was thrown out, and why, and ends with 1', async () => {
    const stage = await TestStage.create(server, []);
    const where = ['--stage-arn', stage.arn, '--endpoint', server.endpoint, '--subscribe-by', 'socket'];
    const { child, said, ended } = start([...where, '--subscribers', '2', '--duration', '8']);
    while (!said.output.includes('measuring')) await once(child.stdout, 'data');
    await server.client.send(new DeleteStageCommand({ arn: stage.arn }));
    const { output, errors, code } = await ended;
    assert.equal(code, 1, errors);
    assert.match(output, /^0 of 1 publishers and 0 of 2 subscribers were there at the end$/m);
    assert.match(output, /2 × subscriber: the events socket was closed with 4101 stage-deleted$/m);
    assert.match(output, /1 × publisher: The server ended the connection$/m);
    assert.match(output, /^FAIL {2}max-failures 0: [3-9]$/m);
  });

  test('on SIGINT lets everybody leave, deletes its stage and reports what it measured so far', async () => {
    const before = await stages();
    const { child, said, ended } = start(['--endpoint', server.endpoint, '--duration', '10m', '--subscribers', '2']);
    while (!said.output.includes('measuring')) await once(child.stdout, 'data');
    assert.equal((await stages()).length, before.length + 1);
    child.kill('SIGINT');
    const { output, errors, code } = await ended;
    assert.match(errors, /^Everybody leaves now/);
    assert.match(output, /^Measured for \S+ s, then interrupted$/m);
    assert.match(output, /^Failures +none$/m);
    assert.equal(code, 130);
    assert.deepEqual(await stages(), before);
  });

  test('on a second SIGINT ends at once, whatever it waits for', async () => {
    // Its peer takes calls and says nothing.
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const { child, ended } = start(['--endpoint', `http://127.0.0.1:${port}`]);
    const [socket] = (await once(silent, 'connection')) as [Socket];
    child.kill('SIGINT');
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    const { code } = await ended;
    assert.equal(code, 130);
    socket.destroy();
    silent.close();
  });

  test('gives up those whom a server that hangs lets wait, goes on with the others, and tells it', async () => {
    const stage = await TestStage.create(server, ['host', 'first', 'second']);
    const load = ['--subscribe-by', 'socket', '--joins-per-second', '0.1', '--duration', '1'];
    const { child, said, ended } = start(['--tokens-from', '-', ...load]);
    child.stdin.end(['host', 'first', 'second'].map((userId) => `${stage.invited(userId).token}\n`).join(''));
    while (!said.output.includes('subscribers 1/2')) await once(child.stdout, 'data');
    process.kill(server.pid, 'SIGSTOP');
    try {
      while (!said.output.includes('measuring')) await once(child.stdout, 'data');
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
    const { output, errors, code } = await ended;
    assert.equal(code, 1, errors);
    assert.match(output, /^1 of 1 publishers and 1 of 2 subscribers were there at the end$/m);
    assert.match(output, /1 × subscribe: No state of the stage came over the events socket: /);
  });

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

  test('says what the server answered to one who may not, and ends with 1', async () => {
    const stage = await TestStage.create(server, ['alone']);
    const { output, code } = await run('--token', `${stage.invited('alone').token}x`, '--json');
    assert.equal(code, 1);
    const { failures, passed, publishers, latencyMs } = JSON.parse(output);
    assert.deepEqual([passed, publishers, latencyMs], [false, { wanted: 1, joined: 0 }, null]);
    assert.equal(failures.length, 1);
    assert.match(failures[0].reason, /^publish: answered with 401: /);
  });

  test('says what is wrong with a call: no such stage, a wrong key, nobody there', async () => {
    const nowhere = `arn:aws:ivs:${server.region}:${server.announcement.account}:stage/AAAAAAAAAAAA`;
    const missing = await run('--endpoint', server.endpoint, '--stage-arn', nowhere);
    assert.match(missing.errors, /^error: CreateParticipantToken was refused with 404 ResourceNotFoundException: /);
    const wrongKey = await start(['--endpoint', server.endpoint], { AWS_SECRET_ACCESS_KEY: 'another' }).ended;
    assert.match(wrongKey.errors, /^error: CreateStage was refused with 403 \w+Exception: /);
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const lonely = await run('--endpoint', `http://127.0.0.1:${port}`);
    assert.match(lonely.errors, /^error: http:\/\/127\.0\.0\.1:\d+: nothing listens there\. Start the server/);
    for (const { code, output } of [missing, wrongKey, lonely]) assert.deepEqual([code, output], [1, '']);
  });

  for (const [what, args, complaint] of [
    ['a count', ['--publishers', '0'], /--publishers <count>.* whole number from 1 to 200/],
    ['a way', ['--subscribe-by', 'mail'], /Allowed choices are post, socket/],
    ['an option', ['--speed', '3'], /unknown option '--speed'/],
    ['a token', ['--token', 'eyJ'], /^error: Token 1 is no participant token\n$/],
    ['a file', ['--tokens-from', '/nowhere/tokens'], /^error: The tokens cannot be read: ENOENT/],
    ['a place', [], /^error: Say where: --endpoint/],
  ] as const) {
    test(`ends with 2 when ${what} is wrong or missing, before it does anything`, async () => {
      const { output, errors, code } = await run(...args);
      assert.match(errors, complaint);
      assert.deepEqual([output, code], ['', 2]);
    });
  }

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
