import { explainTrouble } from '../../api/connection-trouble.ts';
import type { ServerAddress } from '../../api/http-call.ts';
import { type Check, failed, ok, skipped, warning } from '../check.ts';
import { askHealth } from './health.ts';
import { localServer } from './local-server.ts';

const ID = 'server';
const TITLE = 'Server';
const TIMEOUT_MS = 10_000;

/** Whether the server answers at the address at which clients are to reach it. */
export function endpointCheck(url: URL): Check {
  return {
    id: ID,
    title: TITLE,
    needs: [],
    learns: ['server'],
    timeoutMs: TIMEOUT_MS,
    run: (_, signal) => look({ url, direct: false }, signal, 'failed'),
  };
}

/** Whether the server runs on this machine. One that was not started yet is no fault of what can be checked without it. */
export const localServerCheck: Check<'config'> = {
  id: ID,
  title: TITLE,
  needs: ['config'],
  learns: ['server'],
  timeoutMs: TIMEOUT_MS,
  async run({ config }, signal) {
    if (config.listen.port === 0) {
      return { findings: [skipped('its port is not known beforehand: name it by --endpoint')] };
    }
    return look(localServer(config), signal, 'warning');
  },
};

async function look(server: ServerAddress, signal: AbortSignal, whenNobodyListens: 'warning' | 'failed') {
  const where = server.url.origin;
  const health = await askHealth(server, signal).catch((error: NodeJS.ErrnoException) => error);
  if (health instanceof Error) {
    signal.throwIfAborted();
    if (whenNobodyListens === 'warning' && health.code === 'ECONNREFUSED') {
      const remedy = 'Start it (proscenium serve) and run the doctor once more: most is seen of a server that runs.';
      return { findings: [warning(`no server runs at ${where}`, remedy)] };
    }
    const { says, remedy } = explainTrouble(health);
    return { findings: [failed(`${where}: ${says}`, remedy)] };
  }
  if (!health.ours) {
    const remedy = 'Correct the address, or what the proxy there passes on.';
    return {
      findings: [failed(`${where} is answered by something else (status ${health.status} for /healthz)`, remedy)],
    };
  }
  const learned = { server };
  if (health.unready === undefined) return { findings: [ok(`${where} answers and is ready`)], learned };
  if (health.unready === 'draining') {
    const says = `${where} is being drained: sessions that run go on, and no other begins`;
    return { findings: [warning(says, 'Nothing, when that is wished for. Else restart it.')], learned };
  }
  const remedy = 'See its log, and the media worker above.';
  return { findings: [failed(`${where} answers and is not ready: ${health.unready}`, remedy)], learned };
}
