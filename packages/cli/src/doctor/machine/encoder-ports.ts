import { type Check, type Finding, failed, ok, skipped } from '../check.ts';
import { findPortHolder, formatHolder } from './port-holder.ts';
import { explainRefusal, tryPort } from './try-port.ts';

/** Whether the ports of RTMP and RTMPS are free or, while the server runs, taken. */
export const encoderPortsCheck: Check<'config'> = {
  id: 'encoder-ports',
  title: 'Encoder ports',
  needs: ['config'],
  timeoutMs: 10_000,
  async run({ config: { listen, ingest }, server }) {
    const wanted = Object.values(ingest).filter((port) => port !== undefined);
    if (wanted.length === 0) return { findings: [skipped('no encoders are waited for')] };
    const ports = wanted.filter((port) => port !== 0);
    if (ports.length === 0) return { findings: [skipped('the server takes any ports that are free')] };
    return { findings: await Promise.all(ports.map((port) => look(listen.host, port, server !== undefined))) };
  },
};

/** A server that runs holds all of them: it would not have started without. */
async function look(host: string, port: number, running: boolean): Promise<Finding> {
  const name = `tcp/${port}`;
  const refusal = await tryPort('tcp', host, port);
  if (refusal === undefined) {
    if (!running) return ok(`${name} is free`);
    const remedy = 'It was started with another configuration: restart it with this one, and see its log.';
    return failed(`the server runs, and nothing listens on ${name}`, remedy);
  }
  if (refusal !== 'EADDRINUSE') {
    const { says, remedy } = explainRefusal(refusal, host, port);
    return failed(says, remedy);
  }
  const holder = formatHolder(await findPortHolder('tcp', port));
  if (running) return ok(`${name} has a listener: ${holder}`);
  const remedy = 'End that program, or take other ports, or none (ingest.rtmpPort, ingest.rtmpsPort).';
  return failed(`${name} is held by ${holder}`, remedy);
}
