import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isLoopback } from '@proscenium/server/configuring';
import { type ApiClient, ApiRefusal } from '../../api/api-client.ts';
import { explainTrouble } from '../../api/connection-trouble.ts';
import type { ServerAddress } from '../../api/http-call.ts';
import { type Check, type Finding, failed, ok, warning } from '../check.ts';
import { askHealth } from './health.ts';
import type { TrialStage } from './trial-stages.ts';

/**
 * Whether the address that the server tells its clients leads to it: to each address that the name has, through all proxies,
 * and to no other server. A stage that was made here is found there, or it is another server.
 */
export const publicAddressCheck: Check<'server' | 'api' | 'stage'> = {
  id: 'public-address',
  title: 'Public address',
  needs: ['server', 'api', 'stage'],
  timeoutMs: 20_000,
  async run({ server, api, stage }, signal) {
    const told: ServerAddress = { url: new URL(new URL(stage.endpoints.whip).origin), direct: false };
    const differing = compareAddresses(told.url, server);
    if (differing?.status === 'failed') return { findings: [differing] };
    const host = hostOf(told.url);
    const addresses = await addressesOf(host).catch((error: NodeJS.ErrnoException) => error);
    if (addresses instanceof Error) {
      const { says, remedy } = explainTrouble(addresses);
      return { findings: [failed(`${told.url.origin}: ${says}`, remedy)] };
    }
    const findings = [
      ...(differing ? [differing] : []),
      ...loopbackName(host, addresses, server),
      ...(await eachAddress(told, addresses, signal)),
    ];
    if (findings.some(({ status }) => status === 'failed')) return { findings };
    return { findings: [await sameServer(told, api, stage, signal), ...findings] };
  },
};

/** Clients take what they are told, not where they came from. */
function compareAddresses(told: URL, { url, direct }: ServerAddress): Finding | undefined {
  if (direct || told.origin === url.origin) return undefined;
  const remedy = `Set publicUrl to the address that clients use, ${url.origin} perhaps.`;
  if (isLoopback(hostOf(told)) && !isLoopback(hostOf(url))) {
    return failed(`clients are told ${told.origin}, which no other machine reaches`, remedy);
  }
  if (told.protocol === 'http:' && url.protocol === 'https:') {
    return failed(`clients are told ${told.origin}, and pages of ${url.origin} may not call http`, remedy);
  }
  return warning(`clients are told ${told.origin}, not ${url.origin}`, remedy);
}

async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function loopbackName(host: string, addresses: readonly string[], { url }: ServerAddress): Finding[] {
  const named = isIP(host) === 0 && host !== 'localhost';
  if (!named || !addresses.every((address) => isLoopback(address)) || isLoopback(hostOf(url))) return [];
  const remedy = 'Ask from another machine; where it is the same there, correct the DNS record.';
  return [warning(`here, ${host} is ${addresses.join(', ')}, this machine itself`, remedy)];
}

/** Clients try one address after the other, and so hide that one of them leads nowhere. */
async function eachAddress(told: ServerAddress, addresses: readonly string[], signal: AbortSignal): Promise<Finding[]> {
  const troubles = await Promise.all(
    addresses.map(async (address) => {
      const health = await askHealth(told, signal, address).catch((error: Error) => error);
      const where = addresses.length > 1 ? `${told.url.origin} at ${address}` : told.url.origin;
      if (health instanceof Error) {
        const { says, remedy } = explainTrouble(health);
        return [{ says: `${where}: ${says}`, remedy }];
      }
      if (health.ours) return [];
      const says = `${where} is answered by something else (status ${health.status} for /healthz)`;
      return [{ says, remedy: 'Let the proxy pass every path on to the server, and the name lead to the proxy.' }];
    }),
  );
  signal.throwIfAborted();
  const all = troubles.every((each) => each.length > 0);
  return troubles.flat().map(({ says, remedy }) => (all ? failed(says, remedy) : warning(says, remedy)));
}

async function sameServer(
  told: ServerAddress,
  api: ApiClient,
  { arn }: TrialStage,
  signal: AbortSignal,
): Promise<Finding> {
  try {
    await api.call(told, 'GetStage', { arn }, signal);
    return ok(`${told.url.origin} leads to this server`);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ApiRefusal)) {
      const { says, remedy } = explainTrouble(error);
      return failed(`${told.url.origin}: ${says}`, remedy);
    }
    if (error.code === 'ResourceNotFoundException' || error.code === 'UnrecognizedClientException') {
      const remedy = 'Let the name, or the proxy there, lead to this server; or correct publicUrl.';
      return failed(`${told.url.origin} leads to another server of ours`, remedy);
    }
    const remedy =
      'Let the proxy pass path, query and body on as they are (docs/deployment.md); a Host of its own goes into hostNames.';
    return failed(`a signed call by way of ${told.url.origin} fails: ${error.message}`, remedy);
  }
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
