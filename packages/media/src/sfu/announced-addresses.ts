import { isIP } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import type { types } from 'mediasoup';

/**
 * The addresses that clients are told when none are configured: the one that is listened on or, when that is a wildcard,
 * those of this machine: of both families for `::`, IPv4 alone for `0.0.0.0`. The families take turns, IPv6 first, so that
 * a client on which one of them is broken soon tries the other (RFC 8421 section 4). Last come the addresses that few can
 * reach: unique local ones (RFC 4193), then loopback. Link-local ones mean nothing without an interface: they are left out.
 */
export function defaultAnnouncedAddresses(
  listenAddress: string,
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): string[] {
  if (listenAddress !== '0.0.0.0' && listenAddress !== '::') return [listenAddress];
  const own = Object.values(interfaces).flatMap((each) => each ?? []);
  const listening = own.filter(({ family }) => family === 'IPv4' || listenAddress === '::');
  const [outward, internal] = [listening.filter(isOutward), listening.filter((each) => each.internal)];
  return [
    ...inTurns(outward.filter((each) => !isUniqueLocal(each))),
    ...outward.filter(isUniqueLocal),
    ...inTurns(internal),
  ].map(({ address }) => address);
}

/**
 * The candidates to tell a client: one for each protocol and announced address, UDP before TCP and the addresses in their
 * order. A transport knows but one address of each family that it listens on; which one a client's packets come to makes no
 * difference to it.
 */
export function announceCandidates(
  candidates: readonly types.IceCandidate[],
  announcedAddresses: readonly string[],
): types.IceCandidate[] {
  return (['udp', 'tcp'] as const).flatMap((protocol) => {
    const own = candidates.filter((candidate) => candidate.protocol === protocol);
    const priority = Math.max(...own.map((candidate) => candidate.priority));
    return announcedAddresses.flatMap((address, index) => {
      // What is not of a family that is listened on was translated on its way.
      const candidate = own.find((each) => isIP(each.address) === isIP(address)) ?? own[0];
      if (candidate === undefined) return [];
      return {
        ...candidate,
        address,
        ip: address,
        foundation: `${protocol}${index}`,
        // The local preference sits in bits 8 to 23 (RFC 8445 §5.1.2.1): earlier addresses are preferred.
        priority: priority - index * 256,
      };
    });
  });
}

function isOutward({ internal, family, address }: NetworkInterfaceInfo): boolean {
  return !internal && !(family === 'IPv6' && /^fe[89ab]/i.test(address));
}

function isUniqueLocal({ family, address }: NetworkInterfaceInfo): boolean {
  return family === 'IPv6' && /^f[cd]/i.test(address);
}

function inTurns(addresses: readonly NetworkInterfaceInfo[]): NetworkInterfaceInfo[] {
  const ofFamily = (name: 'IPv4' | 'IPv6') => addresses.filter(({ family }) => family === name);
  const [ipv6, ipv4] = [ofFamily('IPv6'), ofFamily('IPv4')];
  return addresses.flatMap((_, turn) => [ipv6[turn], ipv4[turn]].flatMap((each) => each ?? []));
}
