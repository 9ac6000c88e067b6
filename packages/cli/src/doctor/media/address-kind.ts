import { BlockList, isIPv6 } from 'node:net';

/** Who reaches an address: nobody from elsewhere, a network of somebody's own, everybody. */
export type AddressKind = 'loopback' | 'private' | 'public' | 'unusable';

/** Multicast, unspecified and link-local ones, which mean nothing to a client. */
const UNUSABLE = ['0.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4', '::/128', 'fe80::/10', 'ff00::/8'];
/** RFC 1918, RFC 6598, RFC 4193 */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

const kinds = [
  ['loopback', listOf(LOOPBACK)],
  ['unusable', listOf(UNUSABLE)],
  ['private', listOf(PRIVATE)],
] as const;

/** @param address IPv4 or IPv6 */
export function kindOfAddress(address: string): AddressKind {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  return kinds.find(([, list]) => list.check(address, family))?.[0] ?? 'public';
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix = ''] = network.split('/');
    list.addSubnet(address, Number(prefix), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
}
