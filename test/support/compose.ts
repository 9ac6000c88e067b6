import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parse } from 'yaml';
import { root } from './installation.ts';

/** A service of a compose file, as far as tests look at it. */
export interface ComposeService {
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly secrets?: readonly { readonly source: string }[];
}

/** A reason to skip, or false. */
export const composeMissing = spawnSync('docker-compose', ['--version']).error
  ? 'no docker-compose (Debian package docker-compose)'
  : false;

/** What compose makes of files of deploy/ with such an environment: checked, merged, and all variables filled in. */
export function composeServices(
  files: readonly string[],
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, ComposeService>> {
  const named = files.flatMap((file) => ['--file', path.join(root, 'deploy', file)]);
  const { status, stdout, stderr } = spawnSync('docker-compose', [...named, 'config'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  });
  if (status !== 0) throw new Error(stderr);
  // It is written so that it could be read again, with each $ twice.
  return parse(stdout.replaceAll('$$', '$')).services;
}
