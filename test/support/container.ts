import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { atProcessEnd } from './process-end.ts';
import { childrenOf } from './processes.ts';
import { until } from './until.ts';

/** What a container engine is told of a container, as far as it is done here. */
export interface ContainerOptions {
  /** What is at /opt/proscenium; read-only, as is all else but `volumes` and /tmp. */
  readonly tree: string;
  readonly user: number;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** Folders of its own, which belong to the user. */
  readonly volumes: readonly string[];
  /** Files of this machine, by where they are inside: below /etc or /run. */
  readonly files?: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** A reason to skip, or false. */
export function containersMissing(): string | false {
  const { status, stderr } = spawnSync('unshare', ['--mount', '--net', '--pid', '--fork', 'true'], {
    encoding: 'utf8',
  });
  return status === 0 ? false : `no namespaces here: ${stderr}`;
}

/** Of every container. */
export const containerAddress = '192.0.2.7';

/*
 * What is below may be hidden or covered, so what is to be mounted from there comes first. The clone and the user's cache
 * are hidden: what runs has to be there with the tree alone.
 */
const prepare = `
set -eu
tree=$1 user=$2 clone=$3; shift 3
ip link set lo up
ip link add eth0 type veth peer name eth1
ip address add ${containerAddress}/24 dev eth0
ip link set eth0 up
ip link set eth1 up
mount --make-rprivate /
mount -t tmpfs tmpfs /opt
mkdir /opt/proscenium /opt/files
mount --bind "$tree" /opt/proscenium
mount -o remount,bind,ro /opt/proscenium
mount -t tmpfs tmpfs /run
count=0
while [ "$1" != -- ]; do count=$((count + 1)); cp "$2" "/opt/files/$count"; eval "inside$count=\\$1"; shift 2; done; shift
mount -t tmpfs tmpfs /var/lib
mkdir /opt/etc
cp -a /etc/. /opt/etc
mount --bind /opt/etc /etc
while [ "$1" != -- ]; do mkdir -p "$1"; mount -t tmpfs -o mode=0700,uid=$user,gid=$user tmpfs "$1"; shift; done; shift
while [ $count -gt 0 ]; do
  eval "inside=\\$inside$count"
  mkdir -p "$(dirname "$inside")"
  cp "/opt/files/$count" "$inside"
  count=$((count - 1))
done
mount -t tmpfs tmpfs "$clone"
mount -t tmpfs tmpfs /root
mount -t tmpfs -o mode=1777 tmpfs /tmp
for folder in / /opt /etc /run /var/lib; do mount -o remount,bind,ro $folder; done
cd /
exec "$@"
`;

/**
 * A program as it runs in a container of this machine's Debian, without a container engine: in namespaces of its own for
 * mounts, network and processes, as the first process there, as somebody who may do nothing, on file systems that are
 * read-only. Its network has one address, and leads nowhere.
 */
export class Container {
  readonly #engine: ChildProcess;
  readonly #options: ContainerOptions;
  readonly #output: () => string;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  #pid = 0;

  private constructor(engine: ChildProcess, options: ContainerOptions) {
    this.#engine = engine;
    this.#options = options;
    let output = '';
    for (const stream of [engine.stdout, engine.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    this.#output = () => output;
    const forget = atProcessEnd(() => engine.kill('SIGKILL'));
    this.ended = once(engine, 'exit').then(([code, signal]) => {
      forget();
      return { code, signal };
    });
  }

  static async start(options: ContainerOptions): Promise<Container> {
    const { tree, user, command, volumes, files = {} } = options;
    const engine = spawn(
      'unshare',
      [
        ...['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'],
        ...['sh', '-c', prepare, 'sh', tree, String(user), root],
        ...[...Object.entries(files).flat(), '--', ...volumes, '--'],
        ...asUser(options),
        ...command,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const container = new Container(engine, options);
    const [pid = 0] = await until(
      async () => [...(await childrenOf(engine.pid ?? 0)).keys()],
      ([first]) => first !== undefined || engine.exitCode !== null,
    );
    container.#pid = pid;
    return container;
  }

  /** Everything that it wrote, on both outputs. */
  get output(): string {
    return this.#output();
  }

  /** Waits until it wrote that. @throws when it ended before, with what it wrote */
  async untilWritten(text: string): Promise<void> {
    await until(
      async () => this.output,
      (output) => output.includes(text) || this.#engine.exitCode !== null,
    );
    if (!this.output.includes(text)) throw new Error(`It ended: ${this.output}`);
  }

  /** Runs a command inside, as the same user with the same environment. */
  async run(...command: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
    const inside = ['--target', String(this.#pid), '--mount', '--net', '--pid'];
    const child = spawn('nsenter', [...inside, ...asUser(this.#options), ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8').toArray());
    const [status] = await once(child, 'close');
    return { status, stdout: (await stdout)?.join('') ?? '', stderr: (await stderr)?.join('') ?? '' };
  }

  /** Sends a signal to its first process. */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.#pid, signal);
  }

  /** Ends it, if it has not ended. */
  async remove(): Promise<void> {
    this.#engine.kill('SIGKILL');
    await this.ended;
  }
}

function asUser({ user, env }: ContainerOptions): string[] {
  const nobody = ['--clear-groups', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'];
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return ['setpriv', `--reuid=${user}`, `--regid=${user}`, ...nobody, 'env', '-i', ...settings];
}
