import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { root } from './installation.ts';
import { atProcessEnd } from './process-end.ts';

const dockerfilePath = path.join(root, 'deploy/docker/Dockerfile');
export const dockerfileText = readFileSync(dockerfilePath, 'utf8');
const dockerfile = DockerfileParser.parse(dockerfileText);

/** Of the last stage, what engines do with it. */
export interface Image {
  readonly env: Readonly<Record<string, string>>;
  /** As the Dockerfile has them, say `7081-7088/udp`. */
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly user: number;
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
  readonly debianPackages: readonly string[];
  /** Where the build stage lays out what the last one copies. */
  readonly tree: string;
  /** What the build stage runs, one command after the other. */
  readonly buildCommands: readonly (readonly string[])[];
}

/** What follows such an instruction, without its flags. */
function instruction(keyword: string, index = 0): string {
  const found = dockerfile.getInstructions().filter((each) => each.getKeyword() === keyword)[index];
  if (found === undefined) throw new Error(`The Dockerfile has no ${keyword}`);
  return found.getArgumentsContent() ?? '';
}

export function readImage(): Image {
  const [, user = ''] = /^(\d+):\1$/.exec(instruction('USER')) ?? [];
  const [, packages = ''] = /--no-install-recommends ([^&]+)/.exec(instruction('RUN', 1)) ?? [];
  const [, from, to = ''] = /^(\S+) (\S+)$/.exec(instruction('COPY', 1)) ?? [];
  if (from !== to) throw new Error('The tree is copied to another place than it was made for');
  const variables = instruction('ENV').split(/\s+/);
  return {
    env: Object.fromEntries(
      variables.map((each) => each.replace('$PATH', '/usr/local/bin:/usr/bin:/bin').split(/=(.*)/, 2)),
    ),
    ports: instruction('EXPOSE').split(/\s+/),
    volumes: instruction('VOLUME').split(/\s+/),
    user: Number(user),
    command: [...JSON.parse(instruction('ENTRYPOINT')), ...JSON.parse(instruction('CMD'))],
    healthCheck: JSON.parse(instruction('HEALTHCHECK').replace(/^CMD /, '')),
    debianPackages: packages.trim().split(/\s+/),
    tree: to,
    buildCommands: instruction('RUN')
      .split('&&')
      .map((each) => each.trim().split(/\s+/)),
  };
}

/**
 * Does what the Dockerfile's build stage does after the installation of npm packages, which is that of this clone: with those
 * files that .dockerignore lets through.
 *
 * @returns the folder that becomes /opt/proscenium
 */
export function buildImageTree(): string {
  const work = mkdtempSync(path.join(tmpdir(), 'proscenium-image-'));
  atProcessEnd(() => rmSync(work, { recursive: true, force: true }));
  const context = path.join(work, 'build');
  copyContext(context);
  // Also those of single packages, where they need another version than the rest.
  for (const modules of ['node_modules', ...globSync('packages/*/node_modules', { cwd: root })]) {
    symlinkSync(path.join(root, modules), path.join(context, modules));
  }

  const { buildCommands, tree } = readImage();
  const [bootstrap, ...others] = buildCommands;
  if (bootstrap?.join(' ') !== 'scripts/bootstrap') throw new Error('The Dockerfile does not begin with set-up');
  // It changed node_modules, which is that of this clone here. So it is only seen that its files are there.
  const setUp = [
    'node_modules/.bin/esbuild',
    ...'scripts/setup.ts --bundle --packages=external --platform=node --format=esm'.split(' '),
  ];
  const toNowhere = `--outfile=${path.join(work, 'setup.js')}`;
  const built = path.join(work, 'tree');
  for (const [command = '', ...args] of [[...setUp, toNowhere], ...others]) {
    const { status, output } = spawnSync(
      path.join(context, command),
      args.map((argument) => (argument === tree ? built : argument)),
      { cwd: context, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${output.join('')}`);
  }
  return built;
}

/** Copies what an engine would be given as context: .dockerignore leaves out everything but what it names. */
function copyContext(target: string): void {
  const lines = readFileSync(path.join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const kept = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const leftOut = lines.filter((line) => line.startsWith('**/')).map((line) => line.slice('**/'.length));
  if (lines[0] !== '*' || lines.length !== 1 + kept.length + leftOut.length) {
    throw new Error('.dockerignore has lines of a form that is not known here');
  }
  for (const name of kept) {
    cpSync(path.join(root, name), path.join(target, name), {
      recursive: true,
      filter: (file) => !leftOut.includes(path.basename(file)),
    });
  }
}
