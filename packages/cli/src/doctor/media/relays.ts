import { lookup } from 'node:dns/promises';
import {
  NoStunAnswer,
  parseTurnUrl,
  StunConnection,
  type TurnAddress,
  TurnAllocation,
  TurnRefused,
} from '@proscenium/participant/connection';
import { type IceServers, systemClock, TurnServers } from '@proscenium/server/configuring';
import { explainTrouble } from '../../api/connection-trouble.ts';
import { type Check, type Finding, failed, ok, skipped, warning } from '../check.ts';
import type { Facts } from '../facts.ts';
import { kindOfAddress } from './address-kind.ts';
import { readBinding, writeBinding } from './ice-binding.ts';
import { type Candidate, formatCandidate, openTrialSession, type TrialSession } from './trial-session.ts';

const EACH_TIMEOUT_MS = 10_000;
const UNAUTHENTICATED = 401;
const FORBIDDEN = 403;
const STAFF = 'doctor';

/** A relay, and what opens it. */
interface Relay {
  readonly url: string;
  readonly username: string;
  readonly credential: string;
}

/** Whether each relay gives a participant a place, and reaches the server's media from there. */
export const relaysCheck: Check = {
  id: 'turn',
  title: 'Relays (TURN)',
  needs: [],
  timeoutMs: 30_000,
  async run(facts, signal) {
    const relays = relaysOf(facts);
    if (relays.length === 0 && facts.config?.turn) {
      const remedy = 'Restart it: it was started with another configuration than this one.';
      return { findings: [failed('the server tells its clients of none, and turn.urls has some', remedy)] };
    }
    if (relays.length === 0) return { findings: [skipped('none is configured')] };
    const { stage, media } = facts;
    const session = stage && media ? await openTrialSession(stage, signal) : undefined;
    try {
      return { findings: await Promise.all(relays.map((relay) => look(relay, session, signal))) };
    } finally {
      await session?.end();
    }
  },
};

/** As the server tells its clients, else as it would. */
function relaysOf({ config, media }: Partial<Facts>): Relay[] {
  const issued = config?.turn ? new TurnServers(config.turn, systemClock).issue(STAFF).iceServers : [];
  const iceServers: IceServers['iceServers'] = media ? media.iceServers : issued;
  return iceServers.flatMap(({ urls, username, credential }) => urls.map((url) => ({ url, username, credential })));
}

async function look(relay: Relay, session: TrialSession | undefined, signal: AbortSignal): Promise<Finding> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(EACH_TIMEOUT_MS)]);
  try {
    const address = parseTurnUrl(relay.url);
    const connection = await StunConnection.open({ ...(await resolved(address)), framing: 'none' }, patience);
    try {
      const allocation = await TurnAllocation.create(connection, relay, patience);
      const finding = await reachMedia(relay.url, allocation, session, patience);
      await allocation.release(patience);
      return finding;
    } finally {
      connection.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    return troubleOf(relay.url, error);
  }
}

/** By TLS the name is needed, for the certificate. */
async function resolved(address: TurnAddress): Promise<TurnAddress> {
  if (address.transport === 'tls') return address;
  return { ...address, host: (await lookup(address.host)).address };
}

async function reachMedia(
  url: string,
  allocation: TurnAllocation,
  session: TrialSession | undefined,
  signal: AbortSignal,
): Promise<Finding> {
  const place = `${url} gives a place at ${allocation.relayed.address}`;
  const [candidate] = session?.candidates.filter(isRelayable) ?? [];
  if (session === undefined || candidate === undefined) return ok(place);
  const name = formatCandidate(candidate);
  try {
    await allocation.permit(candidate, signal);
    readBinding(await allocation.requestPeer(candidate, writeBinding(session), signal), session);
    return ok(`${place}, and reaches ${name} from there`);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TurnRefused && error.code === FORBIDDEN) {
      const remedy = `Allow it there: allowed-peer-ip=${candidate.address} in coturn, which comes before denied-peer-ip.`;
      return failed(`${place}, and its rules forbid ${candidate.address}, where the server's media is`, remedy);
    }
    const remedy = `Open ${candidate.protocol}/${candidate.port} of ${candidate.address} for that machine.`;
    return failed(`${place}, and does not reach ${name} from there: ${(error as Error).message}`, remedy);
  }
}

/** Relays refuse loopback addresses as peers. */
function isRelayable({ protocol, address }: Candidate): boolean {
  return protocol === 'udp' && kindOfAddress(address) !== 'loopback';
}

function troubleOf(url: string, error: unknown): Finding {
  if (error instanceof TurnRefused) {
    if (error.code !== UNAUTHENTICATED) return failed(`${url}: ${error.message}`, 'See the log of the TURN server.');
    const remedy = 'turn.secret must be its static-auth-secret, with use-auth-secret set, and both clocks right.';
    return failed(`${url} does not accept the credentials that the server makes`, remedy);
  }
  const isLate = error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
  if (error instanceof NoStunAnswer || isLate) {
    const remedy = 'Start it, open its port in the firewalls on the way, or correct turn.urls.';
    return failed(`${url}: nobody answers`, remedy);
  }
  if ((error as Error).message === 'TURN over DTLS cannot be tried') {
    return warning(
      `${url}: ${(error as Error).message}`,
      'Try it with a browser; most clients take TCP (?transport=tcp).',
    );
  }
  const { says, remedy } = explainTrouble(error);
  return failed(`${url}: ${says}`, remedy);
}
