import { EventsSocket } from '@proscenium/load-test';
import { type Check, failed, ok } from '../check.ts';

/** Sooner than the time of the check is over: a proxy may take the connection, and pass no upgrade on. */
const JOIN_TIMEOUT_MS = 8_000;

/** Whether a participant gets into the stage over the events socket. */
export const eventsSocketCheck: Check<'stage'> = {
  id: 'events-socket',
  title: 'Events socket',
  needs: ['stage'],
  timeoutMs: 15_000,
  async run({ stage }, signal) {
    const { events } = stage.endpoints;
    try {
      const startMs = performance.now();
      const patience = AbortSignal.any([signal, AbortSignal.timeout(JOIN_TIMEOUT_MS)]);
      const socket = await EventsSocket.connect(stage.prober.token, patience);
      const joinedMs = Math.round(performance.now() - startMs);
      await socket.leave();
      return { findings: [ok(`${events} lets a participant join in ${joinedMs} ms`)] };
    } catch (error) {
      signal.throwIfAborted();
      const remedy =
        'Let the proxy pass WebSocket upgrades on (docs/deployment.md has nginx and Caddy); without one, see the log of the server.';
      return { findings: [failed(`${events}: ${(error as Error).message}`, remedy)] };
    }
  },
};
