import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { atProcessEnd } from './process-end.ts';

const program = fileURLToPath(new URL('preloaded-aws.py', import.meta.url));

/**
 * Starts this machine's `aws` command once, for all calls of this process, which then cost a sixth of the processor time.
 * It is the same command and the same code: preloaded-aws.py says how.
 *
 * @param env with which the command starts
 * @returns the path of a command to call like `aws`, named so too; nothing where `aws` is not version 1, which loads no
 * plug-in of this kind
 */
export async function preloadAws(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), 'proscenium-aws-'));
  const forget = atProcessEnd(() => rmSync(folder, { recursive: true, force: true }));
  const [modules, bin] = ['modules', 'bin'].map((name) => path.join(folder, name)) as [string, string];
  for (const each of [modules, bin]) mkdirSync(each);
  copyFileSync(program, path.join(modules, 'preloaded_aws.py'));
  const configuration = path.join(folder, 'config');
  writeFileSync(configuration, '[plugins]\npreloaded = preloaded_aws\n');
  const socket = path.join(folder, 'socket');

  const server = spawn('aws', ['--version'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...env, AWS_CONFIG_FILE: configuration, PYTHONPATH: modules, PRELOADED_AWS_SOCKET: socket },
  });
  const lines = createInterface({ input: server.stdout });
  const line = await Promise.race([once(lines, 'line'), once(server, 'close')]).then(([said]) => String(said));
  lines.close();
  const [, python] = /^preloaded: (.+)$/.exec(line) ?? [];
  if (python === undefined) {
    rmSync(folder, { recursive: true });
    forget();
    return undefined;
  }
  // It ends with this process, and does not keep it.
  server.stdout.destroy();
  (server.stdin as Socket).unref();
  server.unref();
  const command = path.join(bin, 'aws');
  const words = [python, '-IS', program, socket].map((word) => `'${word}'`);
  writeFileSync(command, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
  return command;
}
