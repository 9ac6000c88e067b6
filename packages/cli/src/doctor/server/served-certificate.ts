import { explainTrouble } from '../../api/connection-trouble.ts';
import { type Check, failed, ok, skipped } from '../check.ts';
import type { Facts } from '../facts.ts';
import { formatDay, judgeDates } from './judge-certificate.ts';
import { type SeenCertificate, seeCertificate } from './see-certificate.ts';

/** Whether clients trust the certificate that they get to see: that of a proxy, where one is in front. */
export const servedCertificateCheck: Check<'server'> = {
  id: 'served-certificate',
  title: 'Served certificate',
  needs: ['server'],
  timeoutMs: 10_000,
  async run(facts, signal) {
    const url = addressOfClients(facts);
    if (url === undefined) return { findings: [skipped('the name that clients use is not known: set publicUrl')] };
    if (url.protocol !== 'https:') return { findings: [skipped(`clients come to ${url.origin}, without TLS`)] };
    const seen = await look(url, signal).catch((error: Error) => error);
    if (seen instanceof Error) {
      signal.throwIfAborted();
      const { says, remedy } = explainTrouble(seen);
      return { findings: [failed(`${url.origin}: ${says}`, remedy)] };
    }
    const { certificate, fault } = seen;
    const dates = judgeDates(certificate, new Date());
    const fine = ok(`clients trust that of ${url.host}, valid until ${formatDay(certificate.validToDate)}`);
    if (dates.some(({ status }) => status === 'failed')) return { findings: dates };
    if (fault === undefined) return { findings: [fine, ...dates] };
    const { says, remedy } = explainTrouble({ code: fault });
    return { findings: [failed(`${url.host}: ${says}`, remedy), ...dates] };
  },
};

function addressOfClients({ config, server }: Partial<Facts>): URL | undefined {
  if (server !== undefined && !server.direct) return server.url;
  return config?.publicUrl === undefined ? undefined : new URL(config.publicUrl);
}

function look({ hostname, port }: URL, signal: AbortSignal): Promise<SeenCertificate> {
  return seeCertificate({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || 443) }, signal);
}
