import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { type Finding, failed, warning } from '../check.ts';

const DAY_MS = 86_400_000;
/** Whatever renews certificates does so before. */
const SOON_DAYS = 14;
const RENEW = 'Renew it; the server takes new files by itself within seconds.';

/** Dates of a certificate. Nothing is found where they are right. */
export function judgeDates({ validFromDate, validToDate }: X509Certificate, now: Date): Finding[] {
  if (now < validFromDate) {
    return [failed(`it is valid only from ${formatDay(validFromDate)} on`, 'Set the clock right, or get another one.')];
  }
  if (now > validToDate) return [failed(`it expired on ${formatDay(validToDate)}`, RENEW)];
  // One that is made for six days is renewed every few days.
  const leftMs = validToDate.getTime() - now.getTime();
  const lifetimeMs = validToDate.getTime() - validFromDate.getTime();
  if (leftMs > Math.min(SOON_DAYS * DAY_MS, lifetimeMs / 3)) return [];
  const days = Math.floor(leftMs / DAY_MS);
  return [warning(`it expires in ${days === 1 ? '1 day' : `${days} days`}, on ${formatDay(validToDate)}`, RENEW)];
}

export function coversHost(certificate: X509Certificate, host: string): boolean {
  return (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined;
}

/** Whether each certificate is followed by that of its issuer (RFC 8446 §4.4.2). */
export function judgeChain([leaf, ...others]: readonly X509Certificate[]): Finding[] {
  if (!leaf) return [];
  const remedy =
    'Let certFile hold the certificate of the server first, then each one that signed the one before (fullchain.pem).';
  if (leaf.checkIssued(leaf)) {
    return [
      warning('it signs itself: only clients that are told so trust it', 'Get one of an authority that clients trust.'),
    ];
  }
  if (others.length === 0) {
    return [warning('those between it and one that clients trust are missing', remedy)];
  }
  const wrong = [leaf, ...others].findIndex((each, index, all) => {
    const next = all[index + 1];
    return next !== undefined && !each.checkIssued(next);
  });
  return wrong === -1 ? [] : [failed(`number ${wrong + 2} of its chain did not sign number ${wrong + 1}`, remedy)];
}

export function formatDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}
