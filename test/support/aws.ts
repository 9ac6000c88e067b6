import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { preloadAws } from './preloaded-aws.ts';
import type { ServerProcess } from './server.ts';
import { testAccessKey } from './server.ts';

/** For one command, on a machine that has much else to do. */
const guardMs = 300_000;

/** A finished run of a command. */
export interface AwsResult {
  status: number;
  stdout: string;
  stderr: string;
}

let command: Promise<string> | undefined;

/** What to call in place of `aws`: the same, started once for all calls of this process where that can be. */
export function awsCommand(): Promise<string> {
  command ??= preloadAws(cleanEnvironment()).then((preloaded) => preloaded ?? 'aws');
  return command;
}

/** A reason to skip, or false. */
export async function awsMissing(): Promise<string | false> {
  try {
    const skeleton = ['ivs-realtime', 'create-stage', '--generate-cli-skeleton'];
    const { status } = await runCommand(await awsCommand(), skeleton, cleanEnvironment());
    return status === 0 ? false : 'the AWS CLI here does not know ivs-realtime';
  } catch (error) {
    return `the AWS CLI does not run here: ${(error as Error).message}`;
  }
}

/** The version of the CLI's output and exit codes: 1 or 2. */
export async function awsMajorVersion(): Promise<number> {
  const { stdout, stderr } = await runCommand(await awsCommand(), ['--version'], cleanEnvironment());
  return Number(/^aws-cli\/(\d+)/.exec(stdout || stderr)?.[1]);
}

/** `aws ivs-realtime …` against the server. Resolves whatever the exit code is. */
export function aws(server: ServerProcess, args: string[], env: Record<string, string> = {}): Promise<AwsResult> {
  return awsService(server, 'ivs-realtime', args, env);
}

/** `aws <service> …` against the server. Resolves whatever the exit code is. */
export async function awsService(
  server: ServerProcess,
  service: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<AwsResult> {
  const words = [service, ...args, '--endpoint-url', server.endpoint];
  return runCommand(await awsCommand(), words, { ...awsEnvironment(server), ...env });
}

/** Runs a command to its end. Resolves whatever the exit code is. */
export function runCommand(program: string, words: string[], env: NodeJS.ProcessEnv): Promise<AwsResult> {
  return new Promise((resolve, reject) => {
    execFile(program, words, { encoding: 'utf8', timeout: guardMs, env }, (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status === 'number') resolve({ status, stdout, stderr });
      else reject(error);
    });
  });
}

/** With which the AWS CLI calls the server, once it is told the address. */
export function awsEnvironment(server: ServerProcess): NodeJS.ProcessEnv {
  return {
    ...cleanEnvironment(),
    AWS_ACCESS_KEY_ID: testAccessKey.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testAccessKey.secretAccessKey,
    AWS_REGION: server.region,
    AWS_DEFAULT_REGION: server.region,
  };
}

/** A run that must succeed: what it printed, read as JSON. */
export async function awsJson<Output>(server: ServerProcess, ...args: string[]): Promise<Output> {
  const { status, stdout, stderr } = await aws(server, args);
  if (status !== 0) throw new Error(`aws ivs-realtime ${args.join(' ')} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

/** A test of the AWS CLI. Its name goes into the report that PROSCENIUM_AWS_CLI_REPORT names, unless it is skipped. */
export function awsTest(name: string, run: (t: TestContext) => Promise<void>): void {
  test(name, async (t) => {
    const report = process.env.PROSCENIUM_AWS_CLI_REPORT;
    if (report) appendFileSync(report, `${name}\n`);
    await run(t);
  });
}

/** Nothing of the machine's own AWS settings. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(own),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    LC_ALL: 'C.UTF-8',
  };
}
