import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error.ts';
import { type Environment, environmentVariables } from './environment.ts';

const ofTheFirstKey = ['PROSCENIUM_ACCESS_KEY_ID', 'PROSCENIUM_SECRET_ACCESS_KEY'];

/**
 * The environment with what stands in files: where a variable is to be secret, its name with _FILE behind it names the file
 * that holds the value, as container engines mount secrets. A file is one line; white space around it does not count.
 *
 * @throws ConfigError for a file that cannot be read, and a variable that is set both ways
 */
export function withFiles(environment: Environment): Environment {
  const names = [...environmentVariables().map(({ name }) => name), ...ofTheFirstKey];
  const read = names.flatMap((name) => {
    const file = environment[`${name}_FILE`];
    if (file === undefined || file === '') return [];
    if (environment[name]) throw new ConfigError(`Set ${name} or ${name}_FILE, not both of them`);
    return [[name, readText(`${name}_FILE`, file)]];
  });
  return read.length === 0 ? environment : { ...environment, ...Object.fromEntries(read) };
}

function readText(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new ConfigError(`${name}: the file cannot be read: ${(error as Error).message}`);
  }
}
