import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
// biome-ignore format: one line
import { publishOffer } from '../../packages/server/src/signalling/offer.fixture.ts';
import { botocoreData } from '../../scripts/aws-cli.ts';
import { Installation, root } from '../support/installation.ts';
import { mediaWorker } from '../support/media-worker.ts';
import { pythonModuleMissing, systemPython } from '../support/python.ts';
import { withEncoders } from '../support/server.ts';

const { dependencies } = JSON.parse(readFileSync(path.join(root, 'packages/media/package.json'), 'utf8'));

/** Beside the packages: what their users have. */
const runners = { jest: '30.5.2', vitest: '4.1.12' };
const sdk = '@aws-sdk/client-ivs-realtime';

let installed: Installation;
/** Of all packages that were installed with ours. */
let manifests: { name: string; scripts?: Record<string, string> }[];
before(async () => {
  installed = await Installation.create();
  const files = globSync('node_modules/{*,@*/*}/package.json', { cwd: installed.folder });
  manifests = files.map((file) => JSON.parse(readFileSync(installed.path(file), 'utf8')));
  const { devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const others = Object.entries({ ...runners, [sdk]: devDependencies[sdk] });
  await installed.npm('install', '--ignore-scripts', ...others.map(([name, version]) => `${name}@${version}`));
  cpSync(path.join(root, 'examples/testing'), installed.path('examples'), { recursive: true });
});
after(() => rmSync(path.dirname(installed.folder), { recursive: true }));

async function passes(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, output } = await installed.run(command, args, env);
  assert.equal(code, 0, output);
  return output;
}

/** Runs a module that may use what is installed. */
async function runModule(name: string, source: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  writeFileSync(installed.path(name), source);
  return passes('node', [name], env);
}

describe('the published packages', () => {
  test('are installed without running a script of anybody', () => {
    assert.ok(manifests.some(({ name }) => name === 'fastify'));
    const running = manifests.filter(({ scripts = {} }) =>
      ['preinstall', 'install', 'postinstall'].some((step) => scripts[step] !== undefined),
    );
    assert.deepEqual(running, []);
  });

  test('have JavaScript, a licence and a README, and nothing of the tests', () => {
    const ours = [
      'proscenium',
      ...['console', 'load-test', 'media', 'model', 'participant', 'server', 'testing', 'web-broadcast'].map(
        (name) => `@proscenium/${name}`,
      ),
    ];
    for (const name of ours) {
      const files = globSync('**/*', { cwd: installed.path('node_modules', name) });
      for (const file of ['LICENSE', 'README.md', 'package.json']) assert.ok(files.includes(file), `${name} ${file}`);
      const wrong = files.filter((file) => /(?<!\.d)\.ts$|\.(test|fixture)\./.test(file));
      assert.deepEqual(wrong, []);
      const { scripts } = JSON.parse(readFileSync(installed.path('node_modules', name, 'package.json'), 'utf8'));
      assert.equal(scripts, undefined);
    }
  });

  test('are taken by npm for publishing without a warning', async () => {
    const tarballs = globSync('../clone/tarballs/*.tgz', { cwd: installed.folder });
    assert.equal(tarballs.length, 9);
    // All at once, as workspaces: npm takes longer to start than to look at one of them.
    const folder = installed.path('../published');
    for (const tarball of tarballs) {
      const unpacked = path.join(folder, path.basename(tarball, '.tgz'));
      mkdirSync(unpacked, { recursive: true });
      await passes('tar', ['-xzf', tarball, '--strip-components=1', '-C', unpacked]);
    }
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, workspaces: ['*'] }));
    // Nothing is sent, but npm wants to know where to, and as whom.
    const nowhere = [
      '--fetch-retries=0',
      '--registry',
      'http://127.0.0.1:9/',
      '--//127.0.0.1:9/:_authToken=none',
      '--userconfig',
      '/dev/null',
    ];
    const dryRun = ['publish', '--dry-run', '--workspaces', '--loglevel=warn', ...nowhere];
    const output = await passes('npm', ['--prefix', folder, ...dryRun]);
    assert.match(output, /^(\+ (@proscenium\/[a-z-]+|proscenium)@[0-9.]+\n){9}$/);
  });

  test('have declarations that a strict compiler accepts', async () => {
    cpSync(path.join(root, 'test/packages/typed.mts'), installed.path('typed.mts'));
    const options = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
    const types = ['--types', 'node', '--typeRoots', path.join(root, 'node_modules/@types')];
    await passes(path.join(root, 'node_modules/.bin/tsc'), [...options, ...types, 'typed.mts']);
  });

  test('bring a command, with the Node that it needs', async () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'packages/cli/package.json'), 'utf8'));
    assert.equal(await passes('node_modules/.bin/proscenium', ['--version']), `${version}\n`);
    assert.ok(existsSync(installed.path('node_modules/proscenium/config.sample.yaml')));
  });

  test('bring the load generator, which loads', async () => {
    const help = await passes('node_modules/.bin/proscenium', ['load-test', '--help']);
    assert.match(help, /--publishers <count>/);
    // A token that is none is noticed only by the generator itself.
    const { code, output } = await installed.run('node_modules/.bin/proscenium', ['load-test', '--token', 'none']);
    assert.deepEqual([code, output], [2, 'error: Token 1 is no participant token\n']);
  });

  test('name the mediasoup that they are made for', () => {
    const readme = readFileSync(installed.path('node_modules/proscenium/README.md'), 'utf8');
    assert.ok(readme.includes(`mediasoup@${dependencies.mediasoup}`));
    assert.equal(existsSync(installed.path('node_modules/mediasoup')), false);
  });
});

describe('the examples pass', () => {
  const nodeTest = ['--test', 'examples/node-test/stages.test.mjs'];

  test('with node:test under the machine’s Node', async () => {
    assert.match(await passes('node', nodeTest), /^(#|ℹ) pass 3$/m);
  });

  test('with node:test under the Node of the packages', async () => {
    assert.match(await passes('node_modules/.bin/node', nodeTest), /pass 3$/m);
  });

  test('with Jest', async () => {
    const args = ['--rootDir', 'examples/jest', '--testMatch', '**/*.test.cjs'];
    assert.match(await passes('node_modules/.bin/jest', args), /Tests: +2 passed, 2 total/);
  });

  test('with Vitest', async () => {
    const output = await passes('node_modules/.bin/vitest', ['run', '--root', 'examples/vitest'], { NO_COLOR: '1' });
    assert.match(output, /Tests +2 passed \(2\)/);
  });

  const missing = pythonModuleMissing('boto3', 'python3-boto3') || pythonModuleMissing('pytest', 'python3-pytest');
  test('with pytest', { skip: missing }, async () => {
    const args = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'examples/pytest'];
    assert.match(await passes(systemPython, args, { AWS_DATA_PATH: botocoreData() }), /^3 passed/m);
  });
});

describe('media of the published packages', () => {
  /** Publishes as far as to the answer; tells its status, and that of a page. */
  const publish = `
    import { CreateStageCommand, IVSRealTimeClient } from '${sdk}';
    import { startProscenium } from '@proscenium/testing';
    const server = await startProscenium({ media: true });
    const client = new IVSRealTimeClient(server.clientConfig);
    const { stage, participantTokens } = await client.send(new CreateStageCommand({ participantTokenConfigurations: [{}] }));
    const headers = { authorization: \`Bearer \${participantTokens[0].token}\`, 'content-type': 'application/sdp' };
    const answer = await fetch(stage.endpoints.whip, { method: 'POST', headers, body: ${JSON.stringify(publishOffer)} });
    const script = await fetch(server.endpoint + '/assets/try.js');
    console.log(answer.status, script.status);
    await server.close();
  `;

  test('flow with the worker that the environment names', async () => {
    const output = await runModule('publish.mjs', publish, { PROSCENIUM_MEDIASOUP_WORKER: mediaWorker });
    assert.match(output, /^201 200$/m);
  });

  test('flow between participants of the load generator', async () => {
    const load = `
      import { spawnSync } from 'node:child_process';
      import { startProscenium } from '@proscenium/testing';
      const { endpoint, region, credentials, close } = await startProscenium({ media: true });
      const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = credentials;
      const env = { ...process.env, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
      const where = ['--endpoint', endpoint, '--region', region];
      const args = ['load-test', ...where, '--subscribers', '1', '--duration', '2', '--bitrate', '300000', '--json'];
      const { status, stdout, stderr } = spawnSync('node_modules/.bin/proscenium', args, { env, encoding: 'utf8' });
      console.log(status, stderr, JSON.parse(stdout).packets.streams);
      await close();
    `;
    const output = await runModule('load.mjs', load, { PROSCENIUM_MEDIASOUP_WORKER: mediaWorker });
    assert.match(output, /^0 {2}2$/m);
  });

  test('flow between participants without a browser', async () => {
    const talk = `
      import { once } from 'node:events';
      import { CreateStageCommand, IVSRealTimeClient } from '${sdk}';
      import { Participant } from '@proscenium/participant';
      import { startProscenium } from '@proscenium/testing';
      const server = await startProscenium({ media: true });
      const client = new IVSRealTimeClient(server.clientConfig);
      const { participantTokens } = await client.send(new CreateStageCommand({ participantTokenConfigurations: [{}, {}] }));
      const [speaker, listener] = await Promise.all(participantTokens.map(({ token }) => Participant.join(token)));
      async function* square() {
        for (;;) yield Int16Array.from({ length: 960 }, (_, index) => (index % 96 < 48 ? 8_000 : -8_000));
      }
      await speaker.publish({ audio: { pcm: square() } });
      const [audio] = await once(listener, 'audio');
      for await (const { samples } of audio.pcm()) if (samples.some((sample) => sample > 4_000)) break;
      speaker.leave();
      listener.leave();
      console.log('heard');
      await server.close();
    `;
    writeFileSync(installed.path('talk.mjs'), talk);
    const env = { PROSCENIUM_MEDIASOUP_WORKER: mediaWorker };
    assert.match(await passes('node_modules/.bin/node', ['talk.mjs'], env), /^heard$/m);
  });

  test('come from an encoder, and are recorded', async () => {
    const record = `
      import { spawn } from 'node:child_process';
      import { once } from 'node:events';
      import { setTimeout } from 'node:timers/promises';
      import * as realtime from '${sdk}';
      import { startProscenium } from '@proscenium/testing';
      const server = await startProscenium({ media: true });
      const client = new realtime.IVSRealTimeClient(server.clientConfig);
      const send = (operation, input) => client.send(new realtime[operation + 'Command'](input));
      const { storageConfiguration } = await send('CreateStorageConfiguration', { s3: { bucketName: 'shows' } });
      const autoParticipantRecordingConfiguration = { storageConfigurationArn: storageConfiguration.arn };
      const { stage } = await send('CreateStage', { autoParticipantRecordingConfiguration });
      const ingest = { stageArn: stage.arn, ingestProtocol: 'RTMP', insecureIngest: true };
      const { ingestConfiguration } = await send('CreateIngestConfiguration', ingest);
      const input = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=15', '-re', '-f', 'lavfi', '-i', 'sine', '-t', '3'];
      const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0', '-g', '15', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-ac', '2'];
      const address = stage.endpoints.rtmp + ingestConfiguration.streamKey;
      const encoder = spawn('ffmpeg', ['-v', 'error', ...input, ...codecs, '-f', 'flv', address], { stdio: ['ignore', 'ignore', 'inherit'] });
      await once(encoder, 'exit');
      const { participantId } = ingestConfiguration;
      const { stageSessions: [{ sessionId }] } = await send('ListStageSessions', { stageArn: stage.arn });
      let participant;
      for (let left = 150; left > 0 && participant?.recordingState !== 'STOPPED'; left -= 1) {
        await setTimeout(200);
        ({ participant } = await send('GetParticipant', { stageArn: stage.arn, sessionId, participantId }));
      }
      console.log(participant.protocol, participant.recordingState);
      await server.close();
    `;
    const output = await runModule('record.mjs', record, { PROSCENIUM_MEDIASOUP_WORKER: mediaWorker });
    assert.match(output, /^RTMP STOPPED$/m);
  });

  test('flow as the doctor sees it', async () => {
    const look = `
      import { spawn, spawnSync } from 'node:child_process';
      import { once } from 'node:events';
      const command = 'node_modules/.bin/proscenium';
      const where = ['--data', 'examined', '--json'];
      const serve = ['serve', '--listen', '127.0.0.1:0', '--until-stdin-ends', ...where];
      const server = spawn(command, serve, { stdio: ['pipe', 'pipe', 'ignore'] });
      const { endpoint } = JSON.parse(String((await once(server.stdout, 'data'))[0]));
      const args = ['doctor', '--endpoint', endpoint, ...where];
      const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
      const { checks } = JSON.parse(stdout);
      const statusOf = (wanted) => checks.find(({ id }) => id === wanted).status;
      const wanted = ['store', 'media-worker', 'media-udp', 'media', 'codec-child', 'object-store'];
      console.log(status, stderr, ...wanted.map(statusOf));
      server.stdin.end();
      await once(server, 'exit');
    `;
    const anyPorts = { PROSCENIUM_MEDIA_PORT: '0', ...withEncoders };
    const env = { PROSCENIUM_MEDIASOUP_WORKER: mediaWorker, PROSCENIUM_MEDIA_WORKERS: '1', ...anyPorts };
    assert.match(await runModule('look.mjs', look, env), /^0 {2}ok ok ok ok ok ok$/m);
  });

  test('need codecs, and where they were left out the doctor says so', async (t) => {
    const codecs = installed.path('node_modules/@seydx');
    renameSync(codecs, `${codecs}-away`);
    t.after(() => renameSync(`${codecs}-away`, codecs));
    const args = ['doctor', '--data', 'unused', '--json'];
    const { output } = await installed.run('node_modules/.bin/proscenium', args, { PROSCENIUM_MEDIA_WORKERS: '1' });
    const [finding] = JSON.parse(output).checks.find(({ id }: { id: string }) => id === 'codec-child').findings;
    assert.equal(finding.status, 'failed');
    assert.match(finding.remedy, /with its optional dependencies/);
  });

  test('flow with the worker of an installed mediasoup', async (t) => {
    const mediasoup = installed.path('node_modules/mediasoup');
    t.after(() => rmSync(mediasoup, { recursive: true }));
    mkdirSync(path.join(mediasoup, 'node/lib'), { recursive: true });
    mkdirSync(path.join(mediasoup, 'worker/out/Release'), { recursive: true });
    writeFileSync(
      path.join(mediasoup, 'package.json'),
      JSON.stringify({ name: 'mediasoup', main: 'node/lib/index.js' }),
    );
    writeFileSync(path.join(mediasoup, 'node/lib/index.js'), '');
    symlinkSync(mediaWorker, path.join(mediasoup, 'worker/out/Release/mediasoup-worker'));
    assert.match(await runModule('publish.mjs', publish), /^201 200$/m);
  });

  test('that are wished for without a worker are refused with advice', async () => {
    const start = `
      import { startProscenium } from '@proscenium/testing';
      await startProscenium({ media: true }).catch(({ message }) => console.log(message));
    `;
    const output = await runModule('start.mjs', start);
    assert.match(output, /^Proscenium did not start: it ended with exit code 1$/m);
    assert.match(
      output,
      /The media worker cannot be started: .*PROSCENIUM_MEDIASOUP_WORKER.*PROSCENIUM_MEDIA_WORKERS=0/,
    );
    assert.ok(output.includes(`npm install mediasoup@${dependencies.mediasoup}.`));
  });
});
