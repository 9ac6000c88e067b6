import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { say } from './progress.ts';

/** What building the mediasoup worker needs, and what the worker built so links to. */
export const workerBuildPackages = [
  'flatbuffers-compiler',
  'g++',
  'libabsl-dev',
  'libflatbuffers-dev',
  'libsrtp2-dev',
  'libssl-dev',
  'libuv1-dev',
  'pkg-config',
];

/** What the tests run beside Node: browsers, a TURN server, an HTTP client, a reader of metrics, media tools, network namespaces, WebRTC clients of other makes, an object store of another make, signers of tokens, test suites, what reads compose files and renders Helm charts. */
export const testPackages = [
  'chromium-headless-shell',
  'coturn',
  'curl',
  'docker-compose',
  'ffmpeg',
  'firefox-esr',
  'gccgo',
  'gir1.2-gst-plugins-bad-1.0',
  'gstreamer1.0-libav',
  'gstreamer1.0-nice',
  'gstreamer1.0-plugins-bad',
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-good',
  'gstreamer1.0-plugins-ugly',
  'iproute2',
  'nftables',
  'openssl',
  'prometheus',
  'python3-aiortc',
  'python3-boto3',
  'python3-cryptography',
  'python3-gi',
  'python3-jwt',
  'python3-pytest',
  'python3-swift',
];

export function isDebian(): boolean {
  return existsSync('/etc/debian_version');
}

/** Those of `packages` that are not installed. */
export function missingDebianPackages(packages: readonly string[]): string[] {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are dpkg-query's
  const format = '-f=${Package} ${db:Status-Status}\n';
  const query = spawnSync('dpkg-query', ['-W', format, ...packages], { encoding: 'utf8' });
  if (query.error) throw query.error;
  const installed = new Set(
    query.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter((name) => !installed.has(name));
}

/** Installs those of `packages` that are missing. Throws where that cannot be done, saying what to install by hand. */
export function installDebianPackages(packages: readonly string[], purpose: string): void {
  const missing = missingDebianPackages(packages);
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0) throw new Error(`Debian packages are missing for ${purpose}. Run as root: ${command}`);

  say(`Debian packages for ${purpose}: ${missing.join(' ')}`);
  aptGet(['update']);
  aptGet(['install', '--yes', '--no-install-recommends', ...missing]);
}

function aptGet(arguments_: readonly string[]): void {
  const { status, error } = spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=600', ...arguments_], {
    // What brings a daemon does not start it (the last two, for either kind of init): tests start what they need.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1', SYSTEMD_OFFLINE: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`apt-get ${arguments_[0]} failed with exit code ${status}`);
}
