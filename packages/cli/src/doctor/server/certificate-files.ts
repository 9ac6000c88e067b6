import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Config, checkKeyPair, readKeyPair } from '@proscenium/server/configuring';
import { type Check, type Finding, failed, ok, skipped, warning } from '../check.ts';
import { coversHost, formatDay, judgeChain, judgeDates } from './judge-certificate.ts';

/** In the data folder. */
const LOCAL_FILE = 'local.crt';
const DAY_MS = 86_400_000;
/** Less than the days before its end in which a start makes another one. */
const LOCAL_SOON_DAYS = 14;

/** Whether the server can use its certificate and key, and clients will. */
export function certificateFilesCheck(now: () => Date = () => new Date()): Check<'config'> {
  return {
    id: 'certificate-files',
    title: 'Certificate files',
    needs: ['config'],
    timeoutMs: 5_000,
    async run({ config }) {
      if (config.tls === undefined) {
        return { findings: [skipped('the server has no TLS of its own'), ...(await lookAtLocal(config, now()))] };
      }
      const { certFile, keyFile } = config.tls;
      try {
        const pair = await readKeyPair(config.tls);
        checkKeyPair(pair);
        const chain = parseChain(pair.cert);
        const [leaf] = chain;
        if (!leaf) throw new Error('there is no certificate in PEM form');
        const findings = [...judgeDates(leaf, now()), ...judgeName(leaf, config), ...judgeChain(chain)];
        const fine = ok(`${certFile}: ${leaf.subjectAltName ?? leaf.subject}, until ${formatDay(leaf.validToDate)}`);
        return { findings: findings.some(({ status }) => status === 'failed') ? findings : [fine, ...findings] };
      } catch (error) {
        const says = `${certFile} and ${keyFile} cannot be used: ${(error as Error).message}`;
        const remedy =
          'The server does not start with them. Name a certificate and its key as PEM files, readable for its user.';
        return { findings: [failed(says, remedy)] };
      }
    },
  };
}

/** RTMPS does not do without one: the server makes one, and keeps it in the data folder. */
async function lookAtLocal({ data, ingest }: Config, now: Date): Promise<Finding[]> {
  if (ingest.rtmpsPort === undefined) return [];
  const file = path.join(data, LOCAL_FILE);
  const pem = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (pem === undefined) return [ok('for RTMPS the server makes one itself, at its first start')];
  const { validToDate } = new X509Certificate(pem);
  const leftDays = (validToDate.getTime() - now.getTime()) / DAY_MS;
  const until = `until ${formatDay(validToDate)}`;
  if (leftDays > LOCAL_SOON_DAYS)
    return [ok(`RTMPS has one that the server made itself, which encoders do not trust: ${file}, ${until}`)];
  return [warning(`RTMPS has one that is good ${until}: ${file}`, 'Restart the server: it makes another one then.')];
}

/** A proxy in front may be the one that has the name; what clients get to see is checked apart. */
function judgeName(leaf: X509Certificate, { publicUrl }: Config): Finding[] {
  if (publicUrl === undefined) return [];
  const host = new URL(publicUrl).hostname.replace(/^\[(.*)\]$/, '$1');
  if (coversHost(leaf, host)) return [];
  const says = `it is not for ${host}, the host of publicUrl, but for ${leaf.subjectAltName ?? leaf.subject}`;
  return [warning(says, 'Get one for that name, unless a proxy in front has it.')];
}

function parseChain(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}
