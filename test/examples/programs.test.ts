import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { botocoreData } from '../../scripts/aws-cli.ts';
import { awsEnvironment } from '../support/aws.ts';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { codeBlocks } from '../support/code-blocks.ts';
import { Installation, machinePath, root } from '../support/installation.ts';
import type { PackageRegistry } from '../support/package-registry.ts';
import { pythonModuleMissing, systemPython } from '../support/python.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { aiortcMissing } from '../support/whip-publisher.ts';
import { pictures } from './meeting.ts';
import { RunningProgram } from './running-program.ts';
import { pretendedDevices, SamplePage } from './sample-page.ts';

/** As the shell of a user has it who has the server's key: without what this test runs in. */
function environment(server: ServerProcess): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT, NODE_OPTIONS, ...inherited } = awsEnvironment(server);
  return { ...inherited, PATH: machinePath, AWS_ENDPOINT_URL: server.endpoint };
}

/** The commands of an example's README. */
function commandsOf(folder: string): string {
  return (codeBlocks(readFileSync(path.join(folder, 'README.md'), 'utf8')).get('sh') ?? []).join('\n');
}

describe('the examples', () => {
  let server: ServerProcess;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  describe('in JavaScript', { skip: chromiumMissing() }, () => {
    let example: { installation: Installation; registry: PackageRegistry };
    let chromium: Chromium;
    before(async () => {
      example = await Installation.copyExample('javascript');
      chromium = await launchChromium({ flags: pretendedDevices });
    });
    after(async () => {
      await chromium?.close();
      await example?.registry.close();
      if (example) rmSync(path.dirname(example.installation.folder), { recursive: true });
    });

    test('let two people meet, broadcast them, tell of it, and end the meeting', async (t) => {
      const { folder } = example.installation;
      const quiet = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_prefer_offline: 'true' };
      const env = { ...environment(server), ...quiet, PORT: '0' };
      const backend = new RunningProgram(commandsOf(folder), { cwd: folder, env });
      t.after(() => backend.interrupt());
      const url = await backend.says(/^Meetings at (.+)$/m);
      const call = (method: string, ...parts: string[]) => ask(method, [url, 'meetings', ...parts].join('/'));
      const news = await News.follow(url);
      t.after(() => news.close());

      const alice = await SamplePage.open(chromium, url);
      await alice.fill('Your name', 'alice');
      await alice.fill('New meeting', 'Friday’s show');
      await alice.press('Open');
      const bob = await SamplePage.open(chromium, url);
      await bob.fill('Your name', 'bob');
      await bob.press('Join');
      await Promise.all([alice.seeMoving('bob'), bob.seeMoving('alice'), alice.hear('bob')]);
      await news.until('Participant Published', 'bob');

      const [meeting] = await call('GET');
      assert.deepEqual([meeting.title, meeting.live, meeting.broadcast], ['Friday’s show', true, undefined]);
      const id = encodeURIComponent(meeting.id);
      const { broadcast } = await call('POST', id, 'broadcast');
      assert.equal(broadcast.state, 'STARTING');
      await news.until('Session Start');
      assert.equal((await call('GET'))[0].broadcast.state, 'ACTIVE');
      // The bucket may be ready before the channel is.
      await until(
        async () => (await fetch(`${broadcast.url}/multivariant.m3u8`)).text(),
        (playlist) => playlist.includes('RESOLUTION=1280x720'),
      );
      assert.deepEqual([alice.noise, bob.noise], [[], []]);
      if (pictures) await Promise.all([alice.screenshot(`${pictures}/javascript`), bob.press('Leave')]);
      if (pictures) await bob.screenshot(`${pictures}/javascript-lobby`);

      await call('DELETE', id);
      // Back where meetings are opened.
      await Promise.all([alice.fill('New meeting', ''), bob.fill('New meeting', '')]);
      assert.deepEqual(await call('GET'), []);
    });
  });

  const missing = aiortcMissing() || pythonModuleMissing('boto3', 'python3-boto3');
  describe('in Python', { skip: missing }, () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'proscenium-python-'));
    after(() => rmSync(folder, { recursive: true }));

    function start(commands: string): RunningProgram {
      // Debian's Python comes first, as a user's virtual environment would.
      const search = [path.dirname(systemPython), machinePath].join(path.delimiter);
      const own = { PATH: search, AWS_DATA_PATH: botocoreData(), PYTHONDONTWRITEBYTECODE: '1' };
      return new RunningProgram(commands, { cwd: folder, env: { ...environment(server), ...own } });
    }

    before(() => cpSync(path.join(root, 'examples/python'), folder, { recursive: true }));

    test('make a stage, publish a picture, save what comes, tell of it, and end all of it', async (t) => {
      const program = start(commandsOf(folder));
      t.after(() => program.interrupt());
      const output = await program.succeeds();
      assert.match(output, /\talice\tCONNECTED\tpublished\n/);
      assert.match(output, /\tJOINED\n.*\tPUBLISH_STARTED\n/);
      assert.deepEqual(look(path.join(folder, 'alice.mp4')), { width: 640, height: 360 });
    });

    test('publish a file', async (t) => {
      const film = ['testsrc2=size=480x270:rate=15', 'sine=frequency=440'].flatMap((source) => [
        ...['-f', 'lavfi', '-t', '60', '-i'],
        source,
      ]);
      const made = spawnSync(
        'ffmpeg',
        ['-v', 'error', ...film, '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', path.join(folder, 'film.mp4')],
        { encoding: 'utf8' },
      );
      assert.equal(made.status, 0, made.stderr);
      const program = start(`
        stage=$(python3 stages.py create cinema)
        export PARTICIPANT_TOKEN=$(python3 stages.py token "$stage" film)
        python3 publish.py film.mp4 &
        film=$(python3 stages.py publisher "$stage" film)
        PARTICIPANT_TOKEN=$(python3 stages.py token "$stage" viewer) python3 watch.py "$film" seen.mp4 --seconds 4
        kill %1
        wait %1
        python3 stages.py delete "$stage"`);
      t.after(() => program.interrupt());
      await program.succeeds();
      assert.deepEqual(look(path.join(folder, 'seen.mp4')), { width: 480, height: 270 });
    });
  });
});

/** Decodes a film that must have sound and some pictures, and gives their size. */
function look(file: string): { width: number; height: number } {
  const args = ['-v', 'error', '-count_frames', '-show_streams', '-of', 'json', file];
  const { stdout, stderr } = spawnSync('ffprobe', args, { encoding: 'utf8' });
  const { streams = [] } = JSON.parse(stdout || '{}') as { streams?: Record<string, unknown>[] };
  const of = (kind: string) => streams.find(({ codec_type }) => codec_type === kind);
  const [video, audio] = [of('video'), of('audio')];
  assert.ok(Number(video?.nb_read_frames) >= 20 && Number(audio?.nb_read_frames) >= 20, `${stderr} ${stdout}`);
  return { width: Number(video?.width), height: Number(video?.height) };
}

async function ask(method: string, url: string) {
  const body = method === 'POST' ? { headers: { 'content-type': 'application/json' }, body: '{}' } : {};
  const response = await fetch(url, { method, ...body });
  const answer = await response.json();
  assert.ok(response.ok, JSON.stringify(answer));
  return answer;
}

/** What the backend tells its pages. */
class News {
  readonly #request: ClientRequest;
  #heard = '';

  private constructor(request: ClientRequest, response: IncomingMessage) {
    this.#request = request;
    response.setEncoding('utf8').on('data', (chunk: string) => {
      this.#heard += chunk;
    });
    // It is cut off by us or by the backend, in the end.
    response.on('error', () => undefined);
  }

  static async follow(url: string): Promise<News> {
    const request = get(`${url}/events`);
    const [response] = await once(request, 'response');
    return new News(request, response);
  }

  async until(event: string, person?: string): Promise<void> {
    const wanted = JSON.stringify({ event, person }).slice(1, -1);
    await until(
      async () => this.#heard,
      (heard) => heard.includes(wanted),
    );
  }

  close(): void {
    this.#request.destroy();
  }
}
