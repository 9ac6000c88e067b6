import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PackageRegistry, startPackageRegistry } from './package-registry.ts';
import { atProcessEnd } from './process-end.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** What a program printed, on both outputs, and how it ended. */
export interface Finished {
  code: number | null;
  output: string;
}

/** The machine's own commands, without those that npm put into this clone. */
export const machinePath = (process.env.PATH ?? '')
  .split(path.delimiter)
  .filter((folder) => !`${folder}/`.startsWith(`${root}/`))
  .join(path.delimiter);

/** A folder in which a user installs the published packages. */
export class Installation {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** A copy of a web client's example, its dependencies installed as a user would, ours from a registry of the test's. */
  static async createExample(name: string): Promise<Installation> {
    const { installation, registry } = await Installation.copyExample(path.join('web-client', name));
    await installation.npm('install', '--ignore-scripts').finally(registry.close);
    return installation;
  }

  /** A copy of an example, whose `npm install` finds the web client in a registry of the test's until that is closed. */
  static async copyExample(folder: string): Promise<{ installation: Installation; registry: PackageRegistry }> {
    const work = mkdtempSync(path.join(tmpdir(), 'proscenium-example-'));
    atProcessEnd(() => rmSync(work, { recursive: true, force: true }));
    const example = path.join(root, 'examples', folder);
    const isSource = (file: string) => !/\/(node_modules|dist|out|\.next)$/.test(file);
    const style = path.join(example, '../style.css');
    if (existsSync(style)) cpSync(style, path.join(work, 'style.css'));
    const installation = new Installation(path.join(work, path.basename(folder)));
    cpSync(example, installation.folder, { recursive: true, filter: isSource });
    const registry = await startPackageRegistry(await webClient());
    writeFileSync(installation.path('.npmrc'), `@proscenium:registry=${registry.url}\n`);
    return { installation, registry };
  }

  /** Packs the packages as for publishing and installs them into an empty folder. */
  static async create(): Promise<Installation> {
    const work = mkdtempSync(path.join(tmpdir(), 'proscenium-packages-'));
    atProcessEnd(() => rmSync(work, { recursive: true, force: true }));
    const tarballs = await pack(path.join(work, 'clone'), 'packages', ['run', 'package', '--silent', '--']);
    const folder = path.join(work, 'project');
    mkdirSync(folder);
    const installation = new Installation(folder);
    await installation.npm('install', ...tarballs);
    return installation;
  }

  /** By the machine's npm. @throws when it fails */
  async npm(...args: string[]): Promise<string> {
    const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error', '--prefer-offline'];
    return succeed('npm', await this.run('npm', [...args, ...quiet]));
  }

  /** Runs a command in the folder, with the machine's Node on the path unless it is told another. */
  run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
    return runIn(this.folder, command, args, env);
  }

  path(...names: string[]): string {
    return path.join(this.folder, ...names);
  }

  /** With all that belongs to it. */
  remove(): void {
    rmSync(path.dirname(this.folder), { recursive: true });
  }
}

let packedWebClient: Promise<string> | undefined;

/** The packed web client, for all examples of a process the same. */
function webClient(): Promise<string> {
  packedWebClient ??= (async () => {
    const work = mkdtempSync(path.join(tmpdir(), 'proscenium-web-client-'));
    atProcessEnd(() => rmSync(work, { recursive: true, force: true }));
    const [tarball = ''] = await pack(path.join(work, 'clone'), 'packages/web-broadcast', [
      'pack',
      '--workspace',
      '@proscenium/web-broadcast',
    ]);
    return tarball;
  })();
  return packedWebClient;
}

/** Packing changes package.json for a moment: it is done to a copy, since others may be reading it. */
async function pack(clone: string, packages: string, command: string[]): Promise<string[]> {
  for (const name of [
    packages,
    'scripts',
    'package.json',
    'tsconfig.json',
    'tsconfig.publish.json',
    'LICENSE',
    'config.sample.yaml',
  ]) {
    const isSource = (file: string) => !/\/(node_modules|dist)$/.test(file);
    cpSync(path.join(root, name), path.join(clone, name), { recursive: true, filter: isSource });
  }
  // Also those of single packages, where they need another version than the rest.
  const ofPackages = globSync('packages/*/node_modules', { cwd: root });
  const copied = ofPackages.filter((modules) => existsSync(path.join(clone, path.dirname(modules))));
  for (const modules of ['node_modules', ...copied]) {
    symlinkSync(path.join(root, modules), path.join(clone, modules));
  }
  const tarballs = path.join(clone, 'tarballs');
  mkdirSync(tarballs);
  const args = [...command, '--pack-destination', tarballs];
  succeed(`npm ${command.join(' ')}`, await runIn(clone, 'npm', args, {}));
  return readdirSync(tarballs).map((file) => path.join(tarballs, file));
}

function succeed(what: string, { code, output }: Finished): string {
  if (code !== 0) throw new Error(`${what} ended with ${code}: ${output}`);
  return output;
}

function runIn(cwd: string, command: string, args: string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  return new Promise((resolve, reject) => {
    // A test runner inside another one would talk to it.
    const { NODE_TEST_CONTEXT, ...inherited } = process.env;
    const child = spawn(command, args, {
      cwd,
      env: { ...inherited, PATH: machinePath, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const forget = atProcessEnd(() => child.kill('SIGKILL'));
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      forget();
      resolve({ code, output });
    });
  });
}
