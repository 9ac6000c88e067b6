import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';

/** Versions of what a built worker is made with and linked to. */
export type Toolchain = { architecture: string; compiler: string; schemaCompiler: string; libraries: string };

/** Libraries as pkg-config calls them. libsrtp2 stands apart: it is built from source where possible. */
export const librariesOfWorker = ['libuv', 'openssl', 'absl_strings', 'absl_optional', 'absl_inlined_vector'];

/** The toolchain of this machine, or undefined where a part of it is not installed. */
export function findToolchain(): Toolchain | undefined {
  const compiler = output('g++', ['-dumpfullversion']);
  const schemaCompiler = output('flatc', ['--version']);
  const versions = output('pkg-config', ['--modversion', ...librariesOfWorker, 'libsrtp2']);
  if (compiler === undefined || schemaCompiler === undefined || versions === undefined) return undefined;
  return {
    architecture: process.arch,
    compiler,
    schemaCompiler,
    libraries: versions.split('\n').join(' '),
  };
}

/**
 * Names a built worker by all that decides what it becomes: two clones with the same key share one worker.
 *
 * @param recipe compiler options and the text of the headers that we add
 */
export function workerCacheKey(mediasoupVersion: string, toolchain: Toolchain, recipe: readonly string[]): string {
  const { architecture, compiler, schemaCompiler, libraries } = toolchain;
  const digest = createHash('sha256')
    .update(JSON.stringify([mediasoupVersion, architecture, compiler, schemaCompiler, libraries, recipe]))
    .digest('hex');
  return `${mediasoupVersion}-${architecture}-${digest.slice(0, 16)}`;
}

/** What a pkg-config question about `names` answers, as single compiler arguments. */
export function pkgConfig(question: '--cflags' | '--libs', names: readonly string[]): string[] {
  const answer = output('pkg-config', [question, ...names]);
  if (answer === undefined) throw new Error(`pkg-config does not know ${names.join(', ')}`);
  return answer.split(/\s+/).filter((argument) => argument !== '');
}

function output(command: string, arguments_: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, arguments_, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
