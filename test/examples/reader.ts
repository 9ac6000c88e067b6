import { readFileSync } from 'node:fs';
import path from 'node:path';
import { awsEnvironment } from '../support/aws.ts';
import { codeBlocks } from '../support/code-blocks.ts';
import { machinePath } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';

/** As the shell of a user has it who has the server's key: without what this test runs in. */
export function readerEnvironment(server: ServerProcess): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT, NODE_OPTIONS, ...inherited } = awsEnvironment(server);
  return { ...inherited, PATH: machinePath, AWS_ENDPOINT_URL: server.endpoint };
}

/** The commands of an example's README. */
export function commandsOf(folder: string): string {
  return (codeBlocks(readFileSync(path.join(folder, 'README.md'), 'utf8')).get('sh') ?? []).join('\n');
}
