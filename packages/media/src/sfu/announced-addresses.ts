import { networkInterfaces } from 'node:os';
import type { types } from 'mediasoup';

/**
 * The addresses that clients are told when none are configured: the one that is listened on or, when that is a wildcard,
 * every IPv4 address of this machine, loopback last.
 */
export function defaultAnnouncedAddresses(listenAddress: string): string[] {
  if (listenAddress !== '0.0.0.0' && listenAddress !== '::') return [listenAddress];
  const addresses = Object.values(networkInterfaces())
    .flat()
    .filter((address) => address?.family === 'IPv4')
    .sort((a, b) => Number(a?.internal) - Number(b?.internal));
  return addresses.flatMap((address) => (address ? [address.address] : []));
}

/**
 * The candidates to tell a client: each of the transport's, once per announced address, UDP before TCP and the addresses
 * in their order. A transport knows one address only; which one a client's packets come to makes no difference to it.
 */
export function announceCandidates(
  candidates: readonly types.IceCandidate[],
  announcedAddresses: readonly string[],
): types.IceCandidate[] {
  const udpFirst = [...candidates].sort((a, b) => Number(a.protocol === 'tcp') - Number(b.protocol === 'tcp'));
  return udpFirst.flatMap((candidate) =>
    announcedAddresses.map((address, index) => ({
      ...candidate,
      address,
      ip: address,
      foundation: `${candidate.protocol}${index}`,
      // The local preference sits in bits 8 to 23 (RFC 8445 §5.1.2.1): earlier addresses are preferred.
      priority: candidate.priority - index * 256,
    })),
  );
}
