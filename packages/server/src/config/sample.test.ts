import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { parse } from 'yaml';
import { loadConfig } from './config.ts';
import { environmentVariables } from './environment.ts';
import { settingsSchema } from './settings.ts';

const file = path.join(import.meta.dirname, '../../../../config.sample.yaml');
const text = readFileSync(file, 'utf8');

/** The names of all options, whether they have a default or not, with null for their values. */
function skeleton(schema: TSchema): unknown {
  const { properties } = schema as { properties?: Record<string, TSchema> };
  if (!properties) return null;
  return Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, skeleton(member)]));
}

function overlay(below: unknown, above: unknown): unknown {
  if (above === undefined) return below;
  if (typeof below !== 'object' || below === null) return above;
  const names = Object.entries(below);
  return Object.fromEntries(
    names.map(([name, value]) => [name, overlay(value, (above as typeof below)[name as never])]),
  );
}

test('the sample configuration has every option with its default, and nothing else', () => {
  assert.deepEqual(parse(text), overlay(skeleton(settingsSchema), Value.Default(settingsSchema, {})));
});

test('the sample configuration changes nothing', () => {
  assert.deepEqual(loadConfig({ file, environment: {}, flags: {} }), loadConfig({ environment: {}, flags: {} }));
});

test('the sample configuration shows every member of each item of its lists', () => {
  const { accounts, accessKeys, users, policies, events, compositions } = settingsSchema.properties;
  const { targets } = events.properties;
  const { channels } = compositions.properties;
  for (const [list, { items }] of Object.entries({ accounts, accessKeys, users, policies, targets, channels })) {
    const example = text.slice(text.indexOf(`# ${list}:`), text.search(new RegExp(`^ *${list}: (\\[\\]|null)`, 'm')));
    for (const member of Object.keys(items.properties))
      assert.match(example, new RegExp(`^ *# +(- )?${member}: `, 'm'));
  }
});

test('the sample configuration names the environment variables that are called differently', () => {
  for (const { name, path: setting } of environmentVariables()) {
    const usual = `PROSCENIUM_${setting.map((word) => word.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()).join('_')}`;
    if (name !== usual) assert.ok(text.includes(name), name);
  }
});
