import { type Check, type Finding, failed, ok, skipped } from '../check.ts';
import { findPortHolder, formatHolder } from './port-holder.ts';
import { explainRefusal, tryPort } from './try-port.ts';

const PROGRAM = 'mediasoup-worker';

/** A port of a worker, as it was found. */
interface TriedPort {
  readonly name: string;
  readonly state: 'free' | 'ours' | Finding;
}

/** Whether the media ports are free, or have media workers on them: UDP and TCP of each worker. */
export const mediaPortsCheck: Check<'config'> = {
  id: 'media-ports',
  title: 'Media ports',
  needs: ['config'],
  timeoutMs: 15_000,
  async run({ config: { media }, server }) {
    const { listenAddress, port, workers } = media;
    if (workers === 0) return { findings: [skipped('the server runs without media')] };
    if (port === 0) return { findings: [skipped('the server takes any ports that are free')] };
    const tried: TriedPort[] = [];
    for (let each = port; each < port + workers; each += 1) {
      for (const protocol of ['udp', 'tcp'] as const) tried.push(await look(protocol, listenAddress, each));
    }
    return { findings: judge(tried, server !== undefined) };
  },
};

async function look(protocol: 'udp' | 'tcp', address: string, port: number): Promise<TriedPort> {
  const name = `${protocol}/${port}`;
  const refusal = await tryPort(protocol, address, port);
  if (refusal === undefined) return { name, state: 'free' };
  if (refusal !== 'EADDRINUSE') {
    const { says, remedy } = explainRefusal(refusal, address, port);
    return { name, state: failed(says, remedy) };
  }
  const holder = await findPortHolder(protocol, port);
  if (holder?.program === PROGRAM) return { name, state: 'ours' };
  const remedy = 'End that program, or take other ports (media.port).';
  return { name, state: failed(`${name} is held by ${formatHolder(holder)}`, remedy) };
}

/** A server that runs holds all of them; one that does not, none. */
function judge(tried: readonly TriedPort[], running: boolean): Finding[] {
  const faults = tried.flatMap(({ state }) => (typeof state === 'object' ? [state] : []));
  const named = (wanted: 'free' | 'ours') => tried.filter(({ state }) => state === wanted).map(({ name }) => name);
  const [free, ours] = [named('free'), named('ours')];
  if (faults.length > 0) return faults;
  if (!running && ours.length > 0) {
    return [
      failed(
        `${ours.join(' ')} are held by media workers, and no server answers`,
        'They are those of another server, or of one that hangs: end it.',
      ),
    ];
  }
  if (running && free.length > 0) {
    return [
      failed(
        `the server runs, and nothing listens on ${free.join(' ')}`,
        'It was started with another configuration, or has lost a media worker: restart it with this one, and see its log.',
      ),
    ];
  }
  return [ok(`${tried.map(({ name }) => name).join(' ')} ${running ? 'have media workers' : 'are free'}`)];
}
