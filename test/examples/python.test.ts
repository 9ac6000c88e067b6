import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { botocoreData } from '../../scripts/aws-cli.ts';
import { machinePath, root } from '../support/installation.ts';
import { pythonModuleMissing, systemPython } from '../support/python.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { aiortcMissing } from '../support/whip-publisher.ts';
import { commandsOf, readerEnvironment } from './reader.ts';
import { RunningProgram } from './running-program.ts';

const missing = aiortcMissing() || pythonModuleMissing('boto3', 'python3-boto3');
describe('the examples in Python', { skip: missing }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'proscenium-python-'));
  let server: ServerProcess;
  before(async () => {
    cpSync(path.join(root, 'examples/python'), folder, { recursive: true });
    server = await startServer();
  });
  after(() => server?.stop());
  after(() => rmSync(folder, { recursive: true }));

  function start(commands: string): RunningProgram {
    // Debian's Python comes first, as a user's virtual environment would.
    const search = [path.dirname(systemPython), machinePath].join(path.delimiter);
    const own = { PATH: search, AWS_DATA_PATH: botocoreData(), PYTHONDONTWRITEBYTECODE: '1' };
    return new RunningProgram(commands, { cwd: folder, env: { ...readerEnvironment(server), ...own } });
  }

  test('make a stage, publish a picture, save what comes, tell of it, and end all of it', async (t) => {
    const program = start(commandsOf(folder));
    t.after(() => program.interrupt());
    const output = await program.succeeds();
    assert.match(output, /\talice\tCONNECTED\tpublished\n/);
    assert.match(output, /\tJOINED\n.*\tPUBLISH_STARTED\n/);
    assert.deepEqual(look(path.join(folder, 'alice.mp4')), { width: 640, height: 360 });
  });

  test('publish a file', async (t) => {
    const film = ['testsrc2=size=320x180:rate=10', 'sine=frequency=440'].flatMap((source) => [
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
    assert.deepEqual(look(path.join(folder, 'seen.mp4')), { width: 320, height: 180 });
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
