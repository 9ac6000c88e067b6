import { execFile } from 'node:child_process';
import {
  chmodSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { say } from '../progress.ts';
import { type CompileJob, compileAll } from './compile.ts';
import { fetchLibsrtp, planLibsrtp } from './libsrtp.ts';
import type { MediasoupPackage } from './mediasoup-package.ts';
import { readWorkerSources } from './sources.ts';
import { librariesOfWorker, pkgConfig } from './toolchain.ts';
import { planUnits, type Source, unitText } from './units.ts';

const run = promisify(execFile);

const headers = path.join(import.meta.dirname, 'shim');
const filesPerUnit = 12;
/** A unit takes up to 0.6 GiB of memory to compile. */
const bytesPerJob = 0.75 * 1024 ** 3;

const compilerOptions = [
  '-std=c++20',
  '-O2',
  '-w',
  '-pthread',
  '-DNDEBUG',
  '-DMS_LITTLE_ENDIAN',
  '-DMS_EXECUTABLE',
  '-DFLATBUFFERS_LOCALE_INDEPENDENT=1',
  '-ffunction-sections',
  '-fdata-sections',
  '-fstack-protector-strong',
  '-D_FORTIFY_SOURCE=2',
];
const linkerOptions = ['-pthread', '-s', '-Wl,--gc-sections', '-Wl,--as-needed'];

/** All that decides about the built worker beside the sources and the toolchain. */
export function buildRecipe(): string[] {
  const shims = globSync('**/*.h', { cwd: headers }).toSorted();
  return [
    ...compilerOptions,
    ...linkerOptions,
    ...shims.flatMap((file) => [file, readFileSync(path.join(headers, file), 'utf8')]),
  ];
}

/**
 * Builds mediasoup-worker out of the sources in mediasoup's npm package, with Debian's compiler and libraries, and puts
 * it at `target` at one stroke, so that builds at the same time do not disturb each other.
 */
export async function buildWorker(mediasoup: MediasoupPackage, target: string): Promise<void> {
  mkdirSync(path.dirname(target), { recursive: true });
  const work = mkdtempSync(path.join(os.tmpdir(), 'proscenium-media-worker-'));
  const unfinished = `${target}.${path.basename(work)}`;
  try {
    const { jobs, libraries } = await planBuild(mediasoup, work);
    const parallel = Math.max(1, Math.min(os.availableParallelism(), Math.floor(os.totalmem() / bytesPerJob)));
    say(`building mediasoup-worker ${mediasoup.version}: ${jobs.length} units, ${parallel} at a time`);
    const objects = await compileAll(jobs, parallel, (job, done, total) => {
      // Those in C take no time.
      if (job.command === 'g++') say(`  ${done}/${total} ${job.name}`);
    });

    say('  linking');
    await run('g++', ['-o', unfinished, ...objects, ...linkerOptions, ...libraries]);
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(unfinished, { force: true });
  }
}

/** Prepares everything below `work`: generated headers, units, libsrtp. */
async function planBuild(
  mediasoup: MediasoupPackage,
  work: string,
): Promise<{ jobs: CompileJob[]; libraries: string[] }> {
  const workerDirectory = path.join(mediasoup.directory, 'worker');
  const objects = path.join(work, 'objects');
  mkdirSync(objects);
  await generateSchemaHeaders(path.join(workerDirectory, 'fbs'), path.join(work, 'schemas/FBS'));

  const srtp = await planSrtp(work, objects);
  const webrtc = path.join(workerDirectory, 'deps/libwebrtc');
  const includes = [
    path.join(work, 'schemas'),
    path.join(workerDirectory, 'include'),
    webrtc,
    path.join(webrtc, 'libwebrtc'),
  ];
  const options = [
    ...compilerOptions,
    ...['-isystem', headers],
    ...['-include', path.join(headers, 'openssl-ktls.h')],
    ...srtp.includes,
    ...pkgConfig('--cflags', [...librariesOfWorker, ...srtp.libraries]),
    ...includes.map((include) => `-I${include}`),
  ];
  const sources = readWorkerSources(workerDirectory);
  return {
    jobs: [
      ...planGroup('worker', sources.worker, objects, options),
      ...planGroup('webrtc', sources.webrtc, objects, options),
      ...srtp.jobs,
    ],
    libraries: [...pkgConfig('--libs', [...librariesOfWorker, ...srtp.libraries]), '-lflatbuffers'],
  };
}

async function generateSchemaHeaders(schemas: string, output: string): Promise<void> {
  mkdirSync(output, { recursive: true });
  const style = [
    '--cpp',
    '--cpp-field-case-style',
    'lower',
    '--reflect-names',
    '--scoped-enums',
    '--filename-suffix',
    '',
  ];
  const files = globSync('*.fbs', { cwd: schemas }).map((file) => path.join(schemas, file));
  await run('flatc', [...style, '-o', output, ...files]);
}

/** libsrtp with OpenSSL's ciphers where its sources can be had, else Debian's own. */
async function planSrtp(
  work: string,
  objects: string,
): Promise<{ jobs: CompileJob[]; includes: string[]; libraries: string[] }> {
  const sources = path.join(work, 'libsrtp');
  try {
    await fetchLibsrtp(sources);
  } catch (error) {
    say(
      `  Debian's sources of libsrtp2 cannot be had, taking its library, which is slower: ${(error as Error).message}`,
    );
    return { jobs: [], includes: [], libraries: ['libsrtp2'] };
  }
  const include = path.join(work, 'include');
  const jobs = planLibsrtp(sources, include, objects, pkgConfig('--cflags', ['openssl']));
  return { jobs, includes: [`-I${include}`], libraries: [] };
}

function planGroup(group: string, files: readonly string[], objects: string, options: string[]): CompileJob[] {
  const sources = files.map((file) => ({ path: file, text: readFileSync(file, 'utf8') }));
  const job = (name: string, unit: readonly Source[], source: string): CompileJob => ({
    name,
    command: 'g++',
    arguments: options,
    source,
    object: path.join(objects, `${name.replaceAll(' ', '-')}.o`),
    sizeBytes: unit.reduce((sum, { path: file }) => sum + statSync(file).size, 0),
  });
  return planUnits(sources, filesPerUnit).map((unit, index) => {
    const name = `${group} ${index + 1}`;
    const source = path.join(objects, `${group}-${index + 1}.cpp`);
    writeFileSync(source, unitText(unit));
    const alone = unit.map((file) => job(`${name} ${path.basename(file.path)}`, [file], file.path));
    return { ...job(name, unit, source), otherwise: alone };
  });
}
