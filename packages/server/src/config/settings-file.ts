import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { checkSettings, formatSettingPath } from './check-settings.ts';
import { ConfigError } from './config-error.ts';
import type { SettingsLayer } from './settings.ts';

/** The settings of a YAML file. An option without a value, or with `null`, is not set. Throws a ConfigError. */
export function readSettingsFile(file: string): SettingsLayer {
  const lineCounter = new LineCounter();
  // The long form of an error quotes the file, which may hold secrets.
  const document = parseDocument(readText(file), { prettyErrors: false, lineCounter });
  const [error] = document.errors;
  if (error) throw new ConfigError(`${file}:${lineCounter.linePos(error.pos[0]).line}: ${error.message}`);

  const settings = withoutUnset(document.toJS({ maxAliasCount: 0 }) ?? {});
  if (!isGroup(settings)) throw new ConfigError(`${file}: must be a group of options`);
  checkSettings(settings, (path) => `${file}: ${formatSettingPath(path)}`);
  return settings;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`The configuration file cannot be read: ${(error as Error).message}`);
  }
}

function withoutUnset(value: unknown): unknown {
  if (!isGroup(value)) return value;
  const set = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(set.map(([name, each]) => [name, withoutUnset(each)]));
}

function isGroup(value: unknown): value is SettingsLayer {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
