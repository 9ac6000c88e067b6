import { execFileSync } from 'node:child_process';
import { hash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Where a certificate and its key are. */
export interface CertificateFiles {
  certFile: string;
  keyFile: string;
}

/** Makes a certificate that signs itself, and its key. `names` are as OpenSSL writes them: `DNS:localhost`. */
export function createCertificate(
  folder: string,
  name: string,
  names = ['DNS:localhost', 'IP:127.0.0.1', 'IP:::1'],
): CertificateFiles {
  const [certFile, keyFile] = [path.join(folder, `${name}.crt`), path.join(folder, `${name}.key`)];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile];
  const certificate = ['-x509', '-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=${names}`];
  execFileSync('openssl', ['req', ...key, ...certificate, '-out', certFile], { stdio: 'pipe' });
  return { certFile, keyFile };
}

/** From now on the clients of this process trust these certificates, beside those that Node brings along. */
export function trust(...certificates: CertificateFiles[]): void {
  const made = certificates.map(({ certFile }) => readFileSync(certFile, 'utf8'));
  setDefaultCACertificates([...getCACertificates('bundled'), ...made]);
}

/** A flag by which Chromium trusts this certificate, and no other one of those that nobody vouches for. */
export function trustFlag({ certFile }: CertificateFiles): string {
  const { publicKey } = new X509Certificate(readFileSync(certFile));
  const keyHash = hash('sha256', publicKey.export({ type: 'spki', format: 'der' }), 'base64');
  return `--ignore-certificate-errors-spki-list=${keyHash}`;
}
