import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { atProcessEnd } from './process-end.ts';

/**
 * A network of its own for a program under test, joined to this machine by a pair of virtual interfaces: a place with
 * addresses that are not loopback, whatever network the machine has.
 */
export interface NetworkNamespace {
  /** This machine's end of the pair. */
  hostAddress: string;
  /** The namespace's end. */
  address: string;
  /** Gives both ends an IPv6 address. */
  addIpv6(): { hostAddress: string; address: string };
  /** What to run before a program for it to run inside. */
  command: readonly [program: string, ...args: string[]];
  spawn(program: string, args: string[], options: SpawnOptions): ChildProcess;
  /** Loses these packets, both ways and without a word, in the place of those that it lost before. */
  drop(...packets: Packets[]): void;
  /** Makes a loopback port inside reachable at `address`, under the same number. */
  expose(port: number): Promise<void>;
  /** Gives the namespace's end another address, as a client that walks from one network into the next. */
  renumber(): void;
  /** Stops all programs inside, until they are told to go on. */
  freeze(): void;
  thaw(): void;
  /** Kills what still runs inside and takes the network away. */
  remove(): void;
}

/** Packets to, and answers from, these ports of the other side; without ports, all. */
export interface Packets {
  /** Default: both. */
  family?: 'ipv4' | 'ipv6';
  protocols: readonly ('tcp' | 'udp')[];
  ports?: readonly number[];
}

/** A reason to skip, or false. */
export function netnsMissing(): string | false {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const name = `proscenium-probe-${process.pid}`;
  try {
    ip('netns', 'add', name);
    ip('netns', 'delete', name);
    return false;
  } catch (error) {
    return `no network namespaces here: ${error instanceof Error ? error.message : error}`;
  }
}

/** A reason to skip, or false. */
export function ipv6Missing(): string | false {
  return existsSync('/proc/net/if_inet6') ? false : 'this machine has no IPv6';
}

export function createNamespace(): NetworkNamespace {
  const id = `${process.pid.toString(36)}${randomInt(36 ** 3).toString(36)}`;
  const name = `proscenium-${id}`;
  // Interface names hold 15 characters.
  const [outside, inside] = [`ps${id}o`, `ps${id}i`];
  // 198.18.0.0/15 is set aside for tests between networks (RFC 2544).
  const third = randomInt(256);
  const fourth = randomInt(32) * 8;
  const hostAddress = `198.18.${third}.${fourth + 1}`;
  const address = `198.18.${third}.${fourth + 2}`;
  const nextAddress = `198.18.${third}.${fourth + 3}`;

  const children = new Set<ChildProcess>();
  ip('netns', 'add', name);
  const remove = (): void => {
    forget();
    for (const child of children) child.kill('SIGKILL');
    // The pair goes with the namespace.
    ip('netns', 'delete', name);
  };
  const forget = atProcessEnd(remove);
  ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', inside, 'netns', name);
  // Without addresses of their own choice, which come a second later as another change of the network.
  ip('link', 'set', outside, 'addrgenmode', 'none');
  ip('-netns', name, 'link', 'set', inside, 'addrgenmode', 'none');
  ip('address', 'add', `${hostAddress}/29`, 'dev', outside);
  ip('link', 'set', outside, 'up');
  ip('-netns', name, 'address', 'add', `${address}/29`, 'dev', inside);
  ip('-netns', name, 'link', 'set', inside, 'up');
  ip('-netns', name, 'link', 'set', 'lo', 'up');

  const command = ['ip', 'netns', 'exec', name] as const;
  const spawnInside: NetworkNamespace['spawn'] = (program, args, options) => {
    const child = spawn(command[0], [...command.slice(1), program, ...args], options);
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };

  const signalAll = (signal: 'SIGSTOP' | 'SIGCONT') => {
    const pids = execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
    for (const pid of pids.split('\n').filter((line) => line !== '')) process.kill(Number(pid), signal);
  };

  return {
    hostAddress,
    address,
    command,
    spawn: spawnInside,
    addIpv6() {
      // 2001:2::/48 is set aside for tests as 198.18.0.0/15 is (RFC 5180).
      const prefix = `2001:2:0:${(third * 256 + fourth).toString(16)}`;
      const [hostAddress, address] = [`${prefix}::1`, `${prefix}::2`];
      ip('address', 'add', `${hostAddress}/64`, 'dev', outside, 'nodad');
      ip('-netns', name, 'address', 'add', `${address}/64`, 'dev', inside, 'nodad');
      return { hostAddress, address };
    },
    drop(...packets) {
      execFileSync(command[0], [...command.slice(1), 'nft', '-f', '-'], { input: droppingRules(packets) });
    },
    async expose(port) {
      const relay = fileURLToPath(new URL('netns-relay.ts', import.meta.url));
      const child = spawnInside(process.execPath, [relay, address, String(port)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      if (child.stdout === null) throw new Error('The relay has no output');
      await once(createInterface(child.stdout), 'line');
    },
    renumber() {
      ip('-netns', name, 'address', 'delete', `${address}/29`, 'dev', inside);
      ip('-netns', name, 'address', 'add', `${nextAddress}/29`, 'dev', inside);
    },
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    remove,
  };
}

/** In the language of nftables. */
function droppingRules(packets: readonly Packets[]): string {
  const rules = (end: 'sport' | 'dport') =>
    packets.map(({ family, protocols, ports }) => {
      const ofFamily = family === undefined ? '' : `meta nfproto ${family}`;
      const ofPorts = ports === undefined ? '' : `th ${end} { ${ports.join(', ')} }`;
      return `${ofFamily} meta l4proto { ${protocols.join(', ')} } ${ofPorts} drop`;
    });
  return [
    'flush ruleset',
    'table inet loss {',
    'chain in { type filter hook input priority 0',
    ...rules('sport'),
    '}',
    'chain out { type filter hook output priority 0',
    ...rules('dport'),
    '}',
    '}\n',
  ].join('\n');
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
