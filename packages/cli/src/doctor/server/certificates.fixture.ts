import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Where a certificate and its key are. */
export interface Issued {
  readonly certFile: string;
  readonly keyFile: string;
}

/** An authority that signs certificates, with OpenSSL as operators have it. */
export class Authority {
  readonly #folder: string;
  readonly #own: Issued;

  constructor(folder: string, name = 'authority', parent?: Authority) {
    this.#folder = folder;
    const extensions = 'basicConstraints=critical,CA:TRUE';
    this.#own = parent ? parent.issue(name, { extensions }) : selfSigned(folder, name, extensions);
  }

  get certificate(): string {
    return readFileSync(this.#own.certFile, 'utf8');
  }

  /** @param validity first and last moment, as YYYYMMDDHHMMSSZ */
  issue(name: string, { extensions, validity }: { extensions: string; validity?: readonly [string, string] }): Issued {
    const file = (ending: string) => path.join(this.#folder, `${name}.${ending}`);
    const [certFile, keyFile] = [file('crt'), file('key')];
    openssl('req', ...newKey(keyFile), '-subj', `/CN=${name}`, '-out', file('csr'));
    writeFileSync(file('ext'), extensions);
    writeFileSync(file('index'), '');
    writeFileSync(file('cnf'), authoritySettings(this.#folder, file('index')));
    const dates = validity ? ['-startdate', validity[0], '-enddate', validity[1]] : ['-days', '90'];
    const signing = ['-cert', this.#own.certFile, '-keyfile', this.#own.keyFile, '-rand_serial', '-notext'];
    const files = ['-config', file('cnf'), '-in', file('csr'), '-extfile', file('ext'), '-out', certFile];
    openssl('ca', '-batch', ...signing, ...dates, ...files);
    return { certFile, keyFile };
  }
}

/** What `openssl ca`, the one command that takes dates, does not do without. */
function authoritySettings(folder: string, index: string): string {
  return `[ca]
default_ca = own
[own]
database = ${index}
serial = ${index}.serial
new_certs_dir = ${folder}
default_md = sha256
policy = any
[any]
commonName = supplied
`;
}

export function selfSigned(folder: string, name: string, extension: string): Issued {
  const [certFile, keyFile] = [path.join(folder, `${name}.crt`), path.join(folder, `${name}.key`)];
  openssl(
    'req',
    '-x509',
    ...newKey(keyFile),
    '-days',
    '90',
    '-subj',
    `/CN=${name}`,
    '-addext',
    extension,
    '-out',
    certFile,
  );
  return { certFile, keyFile };
}

function newKey(keyFile: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile];
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
