import { execFileSync } from 'node:child_process';
import { createNamespace, type NetworkNamespace } from './netns.ts';
import { atProcessEnd } from './process-end.ts';

/** Where a program runs, and what to run before it for it to run there. */
type Place = Pick<NetworkNamespace, 'command'>;

/** A server's network behind a router that translates addresses, and its clients' network on the other side. */
export interface TranslatedNetwork {
  /** What the server has, and nobody else reaches. */
  privateAddress: string;
  /** What everybody reaches: the router's. */
  publicAddress: string;
  server: Place;
  clients: Place & Pick<NetworkNamespace, 'hostAddress'>;
  /** Kills nothing: what runs inside is ended before. */
  remove(): void;
}

/** @param ports that the router passes on to the server, each to the same number */
export function createTranslatedNetwork(ports: readonly number[]): TranslatedNetwork {
  // This machine is among those that know the public address alone.
  const router = createNamespace();
  const routerName = router.command[3] ?? '';
  const [serverName, clientsName] = [`${routerName}-s`, `${routerName}-c`];
  const namespaces: string[] = [];
  const remove = () => {
    forget();
    for (const name of namespaces) ip('netns', 'delete', name);
    router.remove();
  };
  const forget = atProcessEnd(remove);

  /** Makes a namespace and joins it to the router, which is its way to everywhere else. */
  const join = (name: string, link: string, [routerEnd, ownEnd]: [string, string]) => {
    ip('netns', 'add', name);
    namespaces.push(name);
    ip('-netns', routerName, 'link', 'add', link, 'type', 'veth', 'peer', 'name', 'uplink', 'netns', name);
    ip('-netns', routerName, 'address', 'add', `${routerEnd}/30`, 'dev', link);
    ip('-netns', routerName, 'link', 'set', link, 'up');
    ip('-netns', name, 'address', 'add', `${ownEnd}/30`, 'dev', 'uplink');
    ip('-netns', name, 'link', 'set', 'uplink', 'up');
    ip('-netns', name, 'link', 'set', 'lo', 'up');
    ip('-netns', name, 'route', 'add', 'default', 'via', routerEnd);
    return { command: ['ip', 'netns', 'exec', name] as const };
  };
  const privateAddress = '192.168.77.2';
  const server = join(serverName, 'inside', ['192.168.77.1', privateAddress]);
  const clients = join(clientsName, 'outside', ['198.19.255.1', '198.19.255.2']);

  const [program, ...args] = router.command;
  const onRouter = (...rest: string[]) =>
    execFileSync(program, [...args, ...rest], { stdio: ['ignore', 'ignore', 'pipe'] });
  onRouter('sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward');
  onRouter('nft', rules({ publicAddress: router.address, privateAddress, ports }));
  return {
    privateAddress,
    publicAddress: router.address,
    server,
    clients: { ...clients, hostAddress: router.hostAddress },
    remove,
  };
}

/** In the language of nftables: the ports come in, nothing else does, and what goes out has the router's address. */
function rules(site: { publicAddress: string; privateAddress: string; ports: readonly number[] }): string {
  const { publicAddress, privateAddress, ports } = site;
  return `
    table ip nat {
      chain in {
        type nat hook prerouting priority dstnat
        ip daddr ${publicAddress} meta l4proto { tcp, udp } th dport { ${ports.join(', ')} } dnat to ${privateAddress}
      }
      chain out {
        type nat hook postrouting priority srcnat
        oifname != { "inside", "outside" } masquerade
      }
      chain through {
        type filter hook forward priority filter
        oifname "inside" ct state new ct status dnat accept
        oifname "inside" ct state new drop
      }
    }
  `;
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
