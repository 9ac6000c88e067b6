import type { TSchema } from 'typebox';
import { checkSettings, type SettingPath } from './check-settings.ts';
import { ConfigError } from './config-error.ts';
import { type SettingsLayer, settingsSchema } from './settings.ts';

export type Environment = { readonly [name: string]: string | undefined };

/** An option that the environment can set, by a variable that is called `name`. */
export type EnvironmentVariable = { name: string; path: SettingPath; schema: TSchema };

/**
 * One for every option but lists of groups: PROSCENIUM_ and the option's path in capitals, so `media.port` is
 * PROSCENIUM_MEDIA_PORT.
 */
export function environmentVariables(): EnvironmentVariable[] {
  return variablesOf(settingsSchema, []);
}

/** The settings that the environment holds. An empty variable is not set. Throws a ConfigError. */
export function readEnvironment(environment: Environment): SettingsLayer {
  const settings: SettingsLayer = {};
  const names = new Map<string, string>();
  for (const { name, path, schema } of environmentVariables()) {
    const text = environment[name]?.trim();
    if (text === undefined || text === '') continue;
    place(settings, path, parseText(text, schema));
    names.set(path.join('.'), name);
  }
  // A violation in a list has the position in it as the last part of its path.
  checkSettings(settings, (path) => names.get(path.join('.')) ?? names.get(path.slice(0, -1).join('.')) ?? '');
  return settings;
}

/** The first access key, where the environment names it. Throws a ConfigError where it names half of it. */
export function readAccessKey(environment: Environment): { accessKeyId: string; secretAccessKey: string } | undefined {
  const accessKeyId = environment.PROSCENIUM_ACCESS_KEY_ID || undefined;
  const secretAccessKey = environment.PROSCENIUM_SECRET_ACCESS_KEY || undefined;
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new ConfigError('Set both PROSCENIUM_ACCESS_KEY_ID and PROSCENIUM_SECRET_ACCESS_KEY, or neither of them');
  }
  checkSettings({ accessKeys: [{ accessKeyId, secretAccessKey }] }, () => 'PROSCENIUM_ACCESS_KEY_ID');
  return { accessKeyId, secretAccessKey };
}

function variablesOf(schema: TSchema, path: SettingPath): EnvironmentVariable[] {
  const { properties, items, environmentName } = schema as {
    properties?: Record<string, TSchema>;
    items?: { properties?: object };
    environmentName?: string;
  };
  if (properties) return Object.entries(properties).flatMap(([name, member]) => variablesOf(member, [...path, name]));
  if (items?.properties) return [];
  const words = path.map((name) => name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase());
  return [{ name: environmentName ?? ['PROSCENIUM', ...words].join('_'), path, schema }];
}

/** What does not look like its type stays text, for the check to complain about. */
function parseText(text: string, schema: TSchema): unknown {
  const { type } = schema as { type?: string | string[] };
  switch (Array.isArray(type) ? type[0] : type) {
    case 'integer':
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'array':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
    default:
      return text;
  }
}

function place(settings: Record<string, unknown>, path: SettingPath, value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  if (rest.length === 0) {
    settings[name] = value;
  } else {
    settings[name] ??= {};
    place(settings[name] as Record<string, unknown>, rest, value);
  }
}
