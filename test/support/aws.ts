import { execFile, spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { ServerProcess } from './server.ts';
import { testAccessKey } from './server.ts';

const guardMs = 60_000;

/** A finished run of the AWS CLI. */
export interface AwsResult {
  status: number;
  stdout: string;
  stderr: string;
}

/** A reason to skip, or false. */
export function awsMissing(): string | false {
  const { status, error } = spawnSync('aws', ['ivs-realtime', 'create-stage', '--generate-cli-skeleton'], {
    stdio: 'ignore',
    env: cleanEnvironment(),
  });
  if (error !== undefined) return `the AWS CLI does not run here: ${error.message}`;
  return status === 0 ? false : 'the AWS CLI here does not know ivs-realtime';
}

/** The version of the CLI's output and exit codes: 1 or 2. */
export function awsMajorVersion(): number {
  const { stdout, stderr } = spawnSync('aws', ['--version'], { encoding: 'utf8', env: cleanEnvironment() });
  return Number(/^aws-cli\/(\d+)/.exec(stdout || stderr)?.[1]);
}

/** `aws ivs-realtime …` against the server. Resolves whatever the exit code is. */
export function aws(server: ServerProcess, args: string[], env: Record<string, string> = {}): Promise<AwsResult> {
  return awsService(server, 'ivs-realtime', args, env);
}

/** `aws <service> …` against the server. Resolves whatever the exit code is. */
export function awsService(
  server: ServerProcess,
  service: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<AwsResult> {
  return new Promise((resolve, reject) => {
    execFile(
      'aws',
      [service, ...args, '--endpoint-url', server.endpoint],
      {
        encoding: 'utf8',
        timeout: guardMs,
        env: { ...awsEnvironment(server), ...env },
      },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : error.code;
        if (typeof status === 'number') resolve({ status, stdout, stderr });
        else reject(error);
      },
    );
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
function cleanEnvironment(): NodeJS.ProcessEnv {
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
