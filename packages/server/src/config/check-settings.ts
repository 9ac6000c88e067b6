import type { TLocalizedValidationError } from 'typebox/error';
import { Value } from 'typebox/value';
import { ConfigError } from './config-error.ts';
import { type SettingsLayer, settingsSchema } from './settings.ts';

/** Where a setting is in the settings: names of groups and options, positions in lists. */
export type SettingPath = readonly string[];

/**
 * Throws a ConfigError that lists what is wrong with the settings of one layer, without their values.
 *
 * @param nameOf how a person finds the setting in that layer
 */
export function checkSettings(layer: SettingsLayer, nameOf: (path: SettingPath) => string): void {
  const complete = Value.Default(settingsSchema, Value.Clone(layer));
  const violations = Value.Errors(settingsSchema, complete).flatMap(violationsOf);
  if (violations.length === 0) return;
  throw new ConfigError(violations.map(({ path, says }) => `${nameOf(path)}: ${says}`).join('\n'));
}

/** A path as people write it: `accessKeys[0].userName`. */
export function formatSettingPath(path: SettingPath): string {
  return path.map((name, index) => (/^\d+$/.test(name) ? `[${name}]` : index === 0 ? name : `.${name}`)).join('');
}

type Violation = { path: SettingPath; says: string };

function violationsOf(error: TLocalizedValidationError): Violation[] {
  const path = error.instancePath.split('/').slice(1);
  switch (error.keyword) {
    // The other half of each 'additionalProperties'.
    case 'boolean':
      return [];
    case 'additionalProperties':
      return error.params.additionalProperties.map((name) => ({
        path: [...path, name],
        says: 'there is no such option',
      }));
    case 'required':
      return error.params.requiredProperties.map((name) => ({ path: [...path, name], says: 'is missing' }));
    case 'type':
      if (Array.isArray(error.params.type)) return [{ path, says: `must be ${expectedForm(error.schemaPath)}` }];
      return [{ path, says: `must be ${typeNames[String(error.params.type)] ?? error.params.type}` }];
    case 'pattern':
      return [{ path, says: `must be ${expectedForm(error.schemaPath)}` }];
    case 'enum':
      return [{ path, says: `must be ${error.params.allowedValues.join(' or ')}` }];
    case 'minLength':
      return [{ path, says: 'must not be empty' }];
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
      return [{ path, says: `must be ${error.params.comparison} ${error.params.limit}` }];
    default:
      return [{ path, says: error.message }];
  }
}

const typeNames: { readonly [type: string]: string } = {
  string: 'text (a number needs quotes around it)',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of options',
};

/** The words for a pattern, which stand beside it in the schema at `#/properties/…`. */
function expectedForm(schemaPath: string): string {
  const schema = schemaPath
    .split('/')
    .slice(1)
    .reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], settingsSchema);
  return (schema as { expected: string }).expected;
}
