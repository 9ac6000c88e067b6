import { isIP } from 'node:net';
import { explainTrouble } from '../../api/connection-trouble.ts';
import { type Check, failed, ok, skipped } from '../check.ts';
import { kindOfAddress } from './address-kind.ts';
import { judgeAnnounced } from './announced-addresses.ts';
import { OfferRefused, openTrialSession } from './trial-session.ts';

/** Whether the server takes a publisher's offer, and what addresses it answers. */
export const whipCheck: Check<'stage' | 'server'> = {
  id: 'whip',
  title: 'WHIP',
  needs: ['stage', 'server'],
  learns: ['media'],
  timeoutMs: 20_000,
  async run({ stage, server, config }, signal) {
    if (config?.media.workers === 0) return { findings: [skipped('the server runs without media')] };
    try {
      const { candidates, iceServers, end } = await openTrialSession(stage, signal);
      await end();
      const addresses = [...new Set(candidates.map(({ address }) => address))];
      const host = server.url.hostname.replace(/^\[(.*)\]$/, '$1');
      // On the server's own machine the announced addresses were judged already.
      const judged = config || isIP(host) === 0 ? [] : judgeAnnounced(addresses, kindOfAddress(host));
      const fine = ok(`${stage.endpoints.whip} answers an offer, with media at ${addresses.join(', ')}`);
      return { findings: [fine, ...judged], learned: { media: { candidates, iceServers } } };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OfferRefused) return { findings: [failed(error.message, remedyFor(error.status))] };
      const { says, remedy } = explainTrouble(error);
      return { findings: [failed(`${stage.endpoints.whip}: ${says}`, remedy)] };
    }
  },
};

function remedyFor(status: number): string {
  if (status === 503) return 'See the log of the server: no media worker may be running, or it is being drained.';
  return 'See the log of the server, and let the proxy in front pass method, headers and body on as they are.';
}
