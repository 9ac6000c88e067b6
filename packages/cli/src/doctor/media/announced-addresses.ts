import { lookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { defaultAnnouncedAddresses } from '@proscenium/media';
import type { Config } from '@proscenium/server/configuring';
import { type Check, type Finding, failed, ok, skipped, warning } from '../check.ts';
import { type AddressKind, kindOfAddress } from './address-kind.ts';

const REMEDY = 'Set media.announcedAddresses to addresses that clients reach (docs/deployment.md).';

/** Whether the addresses to which clients are to send media can be right. */
export const announcedAddressesCheck: Check<'config'> = {
  id: 'announced-addresses',
  title: 'Announced addresses',
  needs: ['config'],
  timeoutMs: 10_000,
  async run({ config }) {
    const { media } = config;
    if (media.workers === 0) return { findings: [skipped('the server runs without media')] };
    const configured = media.announcedAddresses;
    const announced = configured.length > 0 ? configured : defaultAnnouncedAddresses(media.listenAddress);
    const own = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
    const findings = [
      ...judgeAnnounced(announced, await whereClientsCome(config)),
      ...judgeListening(configured, media.listenAddress),
    ];
    if (findings.some(({ status }) => status === 'failed')) return { findings };
    const foreign = announced.filter((address) => !own.includes(address));
    const note = foreign.length > 0 ? `; not of this machine, so ports are to be forwarded: ${foreign.join(', ')}` : '';
    return { findings: [ok(`clients send media to ${announced.join(', ')}${note}`), ...findings] };
  },
};

/**
 * Addresses for media, beside those at which the same clients find the API.
 *
 * @param apiKind of the address of the API; undefined where it is not known
 */
export function judgeAnnounced(announced: readonly string[], apiKind: AddressKind | undefined): Finding[] {
  const unusable = announced.filter((address) => kindOfAddress(address) === 'unusable');
  if (unusable.length > 0) return [failed(`no client can send anything to ${unusable.join(', ')}`, REMEDY)];
  const kinds = new Set(announced.map(kindOfAddress));
  if (apiKind === 'loopback' || announced.length === 0) return [];
  if (!kinds.has('private') && !kinds.has('public')) {
    return [failed(`clients are told ${announced.join(', ')}, which no other machine reaches`, REMEDY)];
  }
  if (apiKind === 'public' && !kinds.has('public')) {
    const says = `clients come from anywhere, and are told ${announced.join(', ')}, which only a network of its own reaches`;
    return [warning(says, REMEDY)];
  }
  return [];
}

/** What is announced must arrive where media listens. */
function judgeListening(configured: readonly string[], listenAddress: string): Finding[] {
  const outside = configured.filter((address) => kindOfAddress(address) !== 'loopback');
  if (kindOfAddress(listenAddress) === 'loopback' && outside.length > 0) {
    const remedy = 'Set media.listenAddress to 0.0.0.0, or "::" for IPv6 as well.';
    return [failed(`clients are told ${outside.join(', ')}, and media listens on ${listenAddress} alone`, remedy)];
  }
  const ipv6 = configured.filter(isIPv6);
  if (isIPv6(listenAddress) || ipv6.length === 0) return [];
  const remedy = 'Set media.listenAddress to "::", unless something in front translates IPv6.';
  return [warning(`clients are told ${ipv6.join(', ')}, and media listens by IPv4 alone`, remedy)];
}

/** A name that cannot be looked up is for another check to tell. */
async function whereClientsCome({ publicUrl, listen }: Config): Promise<AddressKind | undefined> {
  const host = publicUrl === undefined ? listen.host : new URL(publicUrl).hostname.replace(/^\[(.*)\]$/, '$1');
  const address = isIP(host)
    ? host
    : await lookup(host).then(
        (found) => found.address,
        () => undefined,
      );
  if (address === undefined || address === '0.0.0.0' || address === '::') return undefined;
  return kindOfAddress(address);
}
