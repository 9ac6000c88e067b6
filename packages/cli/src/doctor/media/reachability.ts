import { NoStunAnswer, StunConnection } from '@proscenium/participant/connection';
import { explainTrouble } from '../../api/connection-trouble.ts';
import { type Check, type Finding, failed, ok, skipped, warning } from '../check.ts';
import { kindOfAddress } from './address-kind.ts';
import { readBinding, writeBinding } from './ice-binding.ts';
import { type Candidate, formatCandidate, openTrialSession, type TrialSession } from './trial-session.ts';

const TIMEOUT_MS = 15_000;

/** Whether media gets to the server from here by UDP: an ICE connectivity check of each address. */
export const mediaUdpCheck: Check<'stage' | 'media'> = {
  id: 'media-udp',
  title: 'Media by UDP',
  needs: ['stage', 'media'],
  timeoutMs: TIMEOUT_MS,
  run: ({ stage, media }, signal) =>
    reach('udp', candidatesOf(media.candidates, 'udp'), () => openTrialSession(stage, signal), signal),
};

/** The same by TCP, on which clients fall back whose network lets no UDP through. */
export const mediaTcpCheck: Check<'stage' | 'media'> = {
  id: 'media-tcp',
  title: 'Media by TCP',
  needs: ['stage', 'media'],
  timeoutMs: TIMEOUT_MS,
  run: ({ stage, media }, signal) =>
    reach('tcp', candidatesOf(media.candidates, 'tcp'), () => openTrialSession(stage, signal), signal),
};

/** Loopback addresses are told for clients on the server's machine, and say nothing of others: they count only alone. */
function candidatesOf(all: readonly Candidate[], protocol: Candidate['protocol']): Candidate[] {
  const candidates = all.filter((candidate) => candidate.protocol === protocol);
  const outward = candidates.filter(({ address }) => kindOfAddress(address) !== 'loopback');
  return outward.length > 0 ? outward : candidates;
}

async function reach(
  protocol: Candidate['protocol'],
  offered: readonly Candidate[],
  open: () => Promise<TrialSession>,
  signal: AbortSignal,
): Promise<{ findings: Finding[] }> {
  if (offered.length === 0) return { findings: [skipped(`the server offers no ${protocol.toUpperCase()}`)] };
  const session = await open();
  try {
    return { findings: await checkCandidates(protocol, session, signal) };
  } finally {
    await session.end();
  }
}

/** An ICE connectivity check of each address of a session. */
export async function checkCandidates(
  protocol: Candidate['protocol'],
  session: TrialSession,
  signal: AbortSignal,
): Promise<Finding[]> {
  const candidates = candidatesOf(session.candidates, protocol);
  return judge(await Promise.all(candidates.map((candidate) => check(candidate, session, signal))), protocol);
}

interface Reached {
  readonly candidate: Candidate;
  /** Why it was not; undefined: it was. */
  readonly trouble?: string;
  readonly roundTripMs?: number;
  /** From where the server saw us. */
  readonly seenAs?: string;
}

async function check(candidate: Candidate, session: TrialSession, signal: AbortSignal): Promise<Reached> {
  const { protocol, address, port } = candidate;
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);
    const destination = { transport: protocol, host: address, port, framing: 'rfc4571' } as const;
    const connection = await StunConnection.open(destination, patience);
    try {
      const startMs = performance.now();
      const answer = await connection.request(writeBinding(session), patience);
      const seen = readBinding(answer, session);
      return { candidate, roundTripMs: performance.now() - startMs, seenAs: seen.address };
    } finally {
      connection.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    return { candidate, trouble: troubleOf(error) };
  }
}

function troubleOf(error: unknown): string {
  const isLate = error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
  if (error instanceof NoStunAnswer || isLate) return 'nobody answers';
  return explainTrouble(error).says;
}

function judge(reached: readonly Reached[], protocol: Candidate['protocol']): Finding[] {
  const answering = reached.filter(({ trouble }) => trouble === undefined);
  const fine = answering.map(({ candidate, roundTripMs = 0, seenAs }) =>
    ok(`${formatCandidate(candidate)} answers in ${Math.max(1, Math.round(roundTripMs))} ms, and sees us as ${seenAs}`),
  );
  const troubles = reached.flatMap(({ candidate, trouble }) =>
    trouble === undefined ? [] : [verdict(candidate, trouble, { others: answering.length > 0, protocol })],
  );
  return [...fine, ...troubles];
}

function verdict(
  candidate: Candidate,
  trouble: string,
  { others, protocol }: { others: boolean; protocol: Candidate['protocol'] },
): Finding {
  const says = `${formatCandidate(candidate)}: ${trouble}`;
  if (others) {
    return warning(says, 'Clients lose time on it: open the way to it, or leave it out of media.announcedAddresses.');
  }
  const port = `${protocol}/${candidate.port}`;
  const remedy =
    `Open ${port}, and those of the other workers, in every firewall between here and there; forward them where addresses ` +
    'are translated; and name the address that clients reach in media.announcedAddresses.';
  if (protocol === 'udp') return failed(says, remedy);
  return warning(`${says}; clients whose network lets no UDP through cannot take part`, remedy);
}
