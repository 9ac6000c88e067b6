import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { configurationCheck } from '../../packages/cli/src/doctor/configuration.ts';
import type { Block } from './block.ts';

/** Checks a block of JSON: a value, one on each line, or members of an object. @throws where it is none of them */
export function checkJson(text: string): void {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (!isJson(text) && !isJson(`{${text}}`) && !lines.every(isJson)) JSON.parse(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What the environment of such a server has where its configuration leaves it out. */
const awsKey = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'a-secret' };

/**
 * Checks a block of YAML as a configuration of the server; one that is said not to be one, as YAML.
 *
 * @returns what `proscenium config check` says against it
 */
export async function checkYaml({ text, instructions }: Block, folder: string): Promise<string[]> {
  const file = path.join(folder, 'config.yaml');
  await writeFile(file, text);
  const check = configurationCheck({ file, environment: awsKey, flags: {} });
  const { findings } = await check.run({}, new AbortController().signal);
  const failed = findings.filter(({ status }) => status === 'failed').map(({ says }) => says.replace(file, 'YAML'));
  // What is no YAML at all is told with the line of it.
  if (instructions.notRun !== undefined) return failed.filter((says) => /^YAML:\d+: /.test(says));
  return failed;
}
