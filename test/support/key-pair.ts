import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** A P-384 key pair in files, made as users make one. */
export function createKeyPair(folder: string): { privateFile: string; publicFile: string } {
  const privateFile = path.join(folder, 'private.pem');
  const publicFile = path.join(folder, 'public.pem');
  openssl('ecparam', '-name', 'secp384r1', '-noout', '-genkey', '-out', privateFile);
  openssl('ec', '-in', privateFile, '-pubout', '-out', publicFile);
  return { privateFile, publicFile };
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
