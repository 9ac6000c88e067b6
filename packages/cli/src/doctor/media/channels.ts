import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Config } from '@proscenium/server/configuring';
import { explainTrouble } from '../../api/connection-trouble.ts';
import { type Check, type Finding, failed, ok, skipped } from '../check.ts';
import { formatDay, judgeDates } from '../server/judge-certificate.ts';
import { seeCertificate } from '../server/see-certificate.ts';

type Channel = NonNullable<Config['compositions']['channels']>[number];
type PushedChannel = Extract<Channel, { type: 'rtmp' }>;

const EACH_TIMEOUT_MS = 10_000;
const DEFAULT_PORTS = { rtmp: 1935, rtmps: 443 } as const;

/** Whether the servers are there that compositions are pushed to. Whether they take the key only a stream tells. */
export const channelsCheck: Check<'config'> = {
  id: 'channels',
  title: 'Channels',
  needs: ['config'],
  timeoutMs: 30_000,
  async run({ config: { compositions } }, signal) {
    const pushed = (compositions.channels ?? []).filter((channel) => channel.type === 'rtmp');
    if (pushed.length === 0) return { findings: [skipped('none goes to another server')] };
    const findings = await Promise.all(pushed.map((channel) => look(channel, signal)));
    return { findings: findings.flat() };
  },
};

async function look(channel: PushedChannel, signal: AbortSignal): Promise<Finding[]> {
  const { arn, streamKey, certificateAuthoritiesFile } = channel;
  for (const file of [typeof streamKey === 'string' ? undefined : streamKey.file, certificateAuthoritiesFile]) {
    const code = file && (await readingFault(file));
    if (code) {
      const remedy = 'The server does not start without it. Correct the path, or make it readable for its user.';
      return [failed(`${arn}: ${file} cannot be read (${code})`, remedy)];
    }
  }
  return reach(channel, signal);
}

async function readingFault(file: string): Promise<string | undefined> {
  try {
    await readFile(file);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown error';
  }
}

async function reach({ arn, url, certificateAuthoritiesFile: file }: PushedChannel, signal: AbortSignal) {
  const { protocol, hostname, port: named } = new URL(url);
  const scheme = protocol === 'rtmps:' ? 'rtmps' : 'rtmp';
  const host = hostname.replace(/^\[|\]$/g, '');
  const port = named === '' ? DEFAULT_PORTS[scheme] : Number(named);
  const where = `${arn}: ${scheme}://${hostname}:${port}`;
  const patience = AbortSignal.any([signal, AbortSignal.timeout(EACH_TIMEOUT_MS)]);
  try {
    if (scheme === 'rtmp') {
      await knock(host, port, patience);
      return [ok(`${where} takes connections`)];
    }
    const authorities = file && (await readFile(file, 'utf8'));
    return await judge(where, { host, port, ...(authorities && { authorities }) }, patience);
  } catch (error) {
    signal.throwIfAborted();
    const { says } = explainTrouble(patience.aborted ? { code: 'ETIMEDOUT' } : error);
    const remedy = "Correct the channel's url, or open the way there from this machine (TCP).";
    return [failed(`${where}: ${says}`, remedy)];
  }
}

async function knock(host: string, port: number, signal: AbortSignal): Promise<void> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal });
  } finally {
    socket.destroy();
  }
}

async function judge(where: string, server: Parameters<typeof seeCertificate>[0], signal: AbortSignal) {
  const { certificate, fault } = await seeCertificate(server, signal);
  if (fault !== undefined) {
    const remedy = "Correct the channel's url; for an authority of your own, set certificateAuthoritiesFile.";
    return [failed(`${where}: ${explainTrouble({ code: fault }).says}`, remedy)];
  }
  const dates = judgeDates(certificate, new Date()).map(({ says, ...finding }) => ({
    ...finding,
    says: `${where}: ${says}`,
    remedy: 'Tell whoever runs that server.',
  }));
  return [ok(`${where} takes connections, with a certificate until ${formatDay(certificate.validToDate)}`), ...dates];
}
