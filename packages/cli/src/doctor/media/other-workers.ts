import { ApiRefusal } from '../../api/api-client.ts';
import { type Check, type Finding, ok, skipped } from '../check.ts';
import type { TrialStages } from '../server/trial-stages.ts';
import { checkCandidates } from './reachability.ts';
import { openTrialSession, type TrialSession } from './trial-session.ts';

/** Stages that are made to get onto further workers. */
const MOST_STAGES = 16;

/**
 * Whether media gets to the ports of the other workers too, each of which has its own: a firewall that was opened for the first
 * one alone shows only when the server is busy. A server puts each further stage on the worker that has the fewest; one that comes
 * back to a port that was seen has no others, or too much to do for this.
 */
export function otherWorkersCheck(stages: TrialStages): Check<'stage' | 'server' | 'api' | 'media'> {
  return {
    id: 'media-other-workers',
    title: 'Other media ports',
    needs: ['stage', 'server', 'api', 'media'],
    timeoutMs: 60_000,
    async run({ stage, server, api, config }, signal) {
      if (config?.media.workers === 1) return { findings: [skipped('there is one media worker')] };
      const sessions = [await openTrialSession(stage, signal)];
      const findings: Finding[] = [];
      try {
        while (sessions.length <= MOST_STAGES) {
          const session = await openTrialSession(await stages.create(server, api, signal), signal);
          sessions.push(session);
          if (sessions.slice(0, -1).some((other) => portOf(other) === portOf(session))) break;
          for (const protocol of ['udp', 'tcp'] as const) {
            findings.push(...(await checkCandidates(protocol, session, signal)));
          }
        }
      } catch (error) {
        // As many as the server allows.
        if (!(error instanceof ApiRefusal)) throw error;
      } finally {
        await Promise.allSettled(sessions.map((session) => session.end()));
      }
      return { findings: summarize(findings, sessions) };
    },
  };
}

function portOf({ candidates }: TrialSession): number | undefined {
  return candidates[0]?.port;
}

/** What is fine is told in one line. */
function summarize(findings: readonly Finding[], sessions: readonly TrialSession[]): Finding[] {
  if (findings.length === 0) return [skipped('the server has no others, or gave none to see')];
  const [, ...ports] = new Set(sessions.map(portOf));
  const troubles = findings.filter(({ status }) => status !== 'ok');
  return troubles.length > 0
    ? troubles
    : [ok(`${ports.join(', ')} ${ports.length === 1 ? 'answers' : 'answer'} by UDP and TCP`)];
}
