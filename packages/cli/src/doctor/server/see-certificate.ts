import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect } from 'node:tls';

export interface SeenCertificate {
  readonly certificate: X509Certificate;
  /** Why it is not trusted, as a code. */
  readonly fault: string | undefined;
}

/**
 * The certificate that a server shows, trusted or not.
 *
 * @param host a name, or an address without brackets
 * @param authorities PEM; undefined: those that Node trusts
 */
export async function seeCertificate(
  { host, port, authorities }: { host: string; port: number; authorities?: string },
  signal: AbortSignal,
): Promise<SeenCertificate> {
  const names = isIP(host) === 0 ? { servername: host } : {};
  const trusted = authorities === undefined ? {} : { ca: authorities };
  // One that clients refuse is to be looked at too.
  const socket = connect({ host, port, rejectUnauthorized: false, ...names, ...trusted });
  try {
    await once(socket, 'secureConnect', { signal });
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) throw new Error('there is no certificate');
    // Node's types say Error, and it is the code.
    const fault = socket.authorized ? undefined : String(socket.authorizationError);
    return { certificate, fault };
  } finally {
    socket.destroy();
  }
}
