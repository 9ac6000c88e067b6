import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { CompileJob } from './compile.ts';

const run = promisify(execFile);

/**
 * Fetches the sources of Debian's libsrtp2 into `directory`: Debian builds it with NSS for its ciphers, which takes
 * 1.5 to 3 times as long per packet as OpenSSL. apt checks the archive's signature; it gets a state of its own here, so
 * that the machine's list of package sources stays as it is. Throws where the sources cannot be had.
 */
export async function fetchLibsrtp(directory: string): Promise<void> {
  const state = path.join(directory, 'apt');
  mkdirSync(path.join(state, 'lists/partial'), { recursive: true });
  mkdirSync(path.join(state, 'cache/archives/partial'), { recursive: true });

  const { release, archive } = await debianArchive();
  const sourceList = path.join(state, 'sources.list');
  writeFileSync(
    sourceList,
    `deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${archive} ${release} main\n`,
  );
  const options = [
    `Dir::Etc::sourcelist=${sourceList}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${path.join(state, 'lists')}`,
    `Dir::Cache=${path.join(state, 'cache')}`,
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  await run('apt-get', ['-qq', ...options, 'update']);
  await run('apt-get', ['-qq', ...options, 'source', '--download-only', '--tar-only', 'libsrtp2'], { cwd: state });

  const [tarball] = globSync('libsrtp2_*.orig.tar.*', { cwd: state });
  if (tarball === undefined) throw new Error('apt-get source brought no sources of libsrtp2');
  await run('tar', ['-xf', path.join(state, tarball), '-C', directory, '--strip-components=1']);
}

/** The archive that this machine installs its own Debian packages from. */
async function debianArchive(): Promise<{ release: string; archive: string }> {
  const release = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const { stdout } = await run('apt-get', ['indextargets', '--format', '$(CODENAME) $(COMPONENT) $(REPO_URI)']);
  const archive = stdout
    .split('\n')
    .find((line) => line.startsWith(`${release} main `))
    ?.split(' ')[2];
  if (release === undefined || archive === undefined) throw new Error('no Debian archive is known to apt');
  return { release, archive };
}

// The library without its test drivers, with the ciphers and hashes of OpenSSL. (The test cases stay: the kernel of
// libsrtp runs them on every cipher when it starts.)
const sources = [
  'crypto/cipher/aes_gcm_ossl.c',
  'crypto/cipher/aes_icm_ossl.c',
  'crypto/cipher/cipher.c',
  'crypto/cipher/cipher_test_cases.c',
  'crypto/cipher/null_cipher.c',
  'crypto/hash/auth.c',
  'crypto/hash/auth_test_cases.c',
  'crypto/hash/hmac_ossl.c',
  'crypto/hash/null_auth.c',
  'crypto/kernel/alloc.c',
  'crypto/kernel/crypto_kernel.c',
  'crypto/kernel/err.c',
  'crypto/kernel/key.c',
  'crypto/math/datatypes.c',
  'crypto/replay/rdb.c',
  'crypto/replay/rdbx.c',
  'crypto/replay/ut_sim.c',
  'srtp/srtp.c',
];

const publicHeaders = [
  'include/srtp.h',
  'crypto/include/auth.h',
  'crypto/include/cipher.h',
  'crypto/include/crypto_types.h',
];

/**
 * Lays out the headers as they would be installed, below `include`, and plans the units.
 *
 * @param openssl compiler arguments that make OpenSSL's headers known
 */
export function planLibsrtp(directory: string, include: string, objects: string, openssl: string[]): CompileJob[] {
  mkdirSync(path.join(include, 'srtp2'), { recursive: true });
  for (const header of publicHeaders) {
    copyFileSync(path.join(directory, header), path.join(include, 'srtp2', path.basename(header)));
  }
  writeFileSync(path.join(include, 'config.h'), configuration(directory));

  const options = [
    '-O2',
    '-w',
    '-fstack-protector-strong',
    '-D_FORTIFY_SOURCE=2',
    '-DHAVE_CONFIG_H',
    `-I${include}`,
    `-I${path.join(directory, 'include')}`,
    `-I${path.join(directory, 'crypto/include')}`,
    ...openssl,
  ];
  return sources
    .filter((source) => existsSync(path.join(directory, source)))
    .map((source) => ({
      name: `libsrtp ${path.basename(source)}`,
      command: 'gcc',
      arguments: options,
      source: path.join(directory, source),
      object: path.join(objects, `srtp-${path.basename(source)}.o`),
      sizeBytes: 0,
    }));
}

/** What libsrtp's own configure script would find on a 64-bit Linux. */
function configuration(directory: string): string {
  const version = /project\(libsrtp2 VERSION ([\d.]+)/.exec(
    readFileSync(path.join(directory, 'CMakeLists.txt'), 'utf8'),
  );
  const headers = ['ARPA_INET_H', 'INTTYPES_H', 'NETINET_IN_H', 'STDINT_H', 'STDLIB_H', 'SYS_SOCKET_H', 'SYS_TYPES_H'];
  const integers = ['INT32_T', 'UINT8_T', 'UINT16_T', 'UINT32_T', 'UINT64_T'];
  const functions = ['INET_ATON', 'SIGACTION', 'USLEEP'];
  const defined = [
    'GCM',
    'OPENSSL',
    // Ordinary integer arithmetic; HAVE_X86 adds an assembler instruction for swapping bytes.
    'CPU_CISC',
    ...(process.arch === 'x64' ? ['HAVE_X86'] : []),
    ...[...headers, 'UNISTD_H', ...integers, ...functions].map((name) => `HAVE_${name}`),
  ];
  return [
    `#define PACKAGE_STRING "libsrtp2 ${version?.[1] ?? ''}"`,
    `#define PACKAGE_VERSION "${version?.[1] ?? ''}"`,
    ...defined.map((name) => `#define ${name} 1`),
    '#define SIZEOF_UNSIGNED_LONG 8',
    '#define SIZEOF_UNSIGNED_LONG_LONG 8',
    '',
  ].join('\n');
}
