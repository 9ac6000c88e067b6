import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type EventEnvelope, toEnvelope } from './event-envelope.ts';
import { readPattern } from './event-pattern.ts';

const stageArn = 'arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh';

function published(detail: Record<string, unknown> = {}): EventEnvelope {
  return toEnvelope(
    {
      scope: { account: '123456789012', region: 'us-west-2' },
      detailType: 'IVS Stage Update',
      resourceArn: stageArn,
      time: new Date('2026-11-21T20:01:03.482Z'),
      detail: { event_name: 'Participant Published', user_id: '', replica: false, ...detail },
    },
    '0b6f0a3e-1111-4c6e-9d2a-000000000012',
  );
}

function matches(pattern: unknown, detail?: Record<string, unknown>): boolean {
  return readPattern(pattern)(published(detail));
}

describe('a pattern', () => {
  test('wants one of the values of each field', () => {
    assert.ok(matches({ source: ['aws.ivs'], 'detail-type': ['IVS Composition State Change', 'IVS Stage Update'] }));
    assert.ok(!matches({ source: ['aws.ivs'], 'detail-type': ['IVS Composition State Change'] }));
    assert.ok(!matches({ source: ['aws.ivs'], region: ['eu-west-1'] }));
    assert.ok(!matches({ source: ['AWS.IVS'] }));
  });

  test('looks into detail, with numbers, booleans and null', () => {
    assert.ok(matches({ detail: { replica: [false], event_name: ['Participant Published'] } }));
    assert.ok(!matches({ detail: { replica: ['false'] } }));
    assert.ok(matches({ detail: { recording_duration_ms: [240_000] } }, { recording_duration_ms: 240_000 }));
    assert.ok(matches({ detail: { nothing: [null] } }, { nothing: null }));
    assert.ok(!matches({ detail: { nothing: [null] } }));
    assert.ok(matches({ detail: { new_token: { user_id: ['ann'] } } }, { new_token: { user_id: 'ann' } }));
    assert.ok(!matches({ detail: { new_token: { user_id: ['ann'] } } }, { new_token: 'ann' }));
  });

  test('finds what it wants among the items of a list', () => {
    assert.ok(matches({ resources: ['arn:other', stageArn] }));
    assert.ok(!matches({ resources: ['arn:other'] }));
    const tokens = { new_token: { capabilities: ['PUBLISH', 'SUBSCRIBE'] } };
    assert.ok(matches({ detail: { new_token: { capabilities: ['SUBSCRIBE'] } } }, tokens));
    assert.ok(!matches({ detail: { new_token: { capabilities: ['NOTHING'] } } }, tokens));
    assert.ok(matches({ detail: { list: { a: [1], b: [2] } } }, { list: [{ a: 1, b: 2 }] }));
    assert.ok(!matches({ detail: { list: { a: [1], b: [2] } } }, { list: [{ a: 1 }, { b: 2 }] }));
  });

  test('knows prefixes', () => {
    assert.ok(matches({ resources: [{ prefix: 'arn:aws:ivs:us-west-2:' }] }));
    assert.ok(!matches({ resources: [{ prefix: 'arn:aws:ivs:eu-west-1:' }] }));
    assert.ok(matches({ detail: { user_id: [{ prefix: '' }] } }));
    assert.ok(!matches({ detail: { replica: [{ prefix: '' }] } }));
  });

  test('knows anything-but, which wants that there is something', () => {
    assert.ok(matches({ detail: { event_name: [{ 'anything-but': 'Token Exchanged' }] } }));
    assert.ok(!matches({ detail: { event_name: [{ 'anything-but': 'Participant Published' }] } }));
    assert.ok(!matches({ detail: { event_name: [{ 'anything-but': ['x', 'Participant Published'] }] } }));
    assert.ok(!matches({ detail: { event_name: [{ 'anything-but': { prefix: 'Participant ' } }] } }));
    assert.ok(!matches({ detail: { event_name: [{ 'anything-but': { prefix: ['x', 'Participant '] } }] } }));
    assert.ok(matches({ detail: { event_name: [{ 'anything-but': { prefix: ['x', 'y'] } }] } }));
    assert.ok(matches({ detail: { count: [{ 'anything-but': [1, 2] }] } }, { count: 3 }));
    assert.ok(!matches({ detail: { count: [{ 'anything-but': [1, 2] }] } }, { count: 2 }));
    assert.ok(!matches({ detail: { error_code: [{ 'anything-but': 'x' }] } }));
  });

  test('knows exists', () => {
    assert.ok(matches({ detail: { error_code: [{ exists: false }] } }));
    assert.ok(!matches({ detail: { error_code: [{ exists: true }] } }));
    assert.ok(matches({ detail: { error_code: [{ exists: true }] } }, { error_code: '' }));
    assert.ok(matches({ detail: { new_token: { user_id: [{ exists: false }] } } }));
    assert.ok(matches({ detail: { error_code: ['BITRATE_EXCEEDED', { exists: false }] } }));
    assert.ok(matches({ detail: { toString: [{ exists: false }] } }));
  });
});

test('a pattern that cannot be read is refused with the field and the reason', () => {
  const refusals: [pattern: unknown, message: RegExp][] = [
    [undefined, /^must be a group of fields$/],
    [['aws.ivs'], /^must be a group of fields$/],
    [{}, /^must not be empty$/],
    [{ sauce: ['aws.ivs'] }, /^sauce: events have no such field$/],
    [{ toString: ['x'] }, /^toString: events have no such field$/],
    [{ source: 'aws.ivs' }, /^source: must be a group of fields$/],
    [{ source: [] }, /^source: must not be an empty list$/],
    [{ detail: {} }, /^detail: must not be empty$/],
    [{ detail: { user_id: [['ann']] } }, /^detail\.user_id: must list values, or operators/],
    [{ source: [{}] }, /^source: must list values, or operators/],
    [{ source: [{ prefix: 'a', exists: true }] }, /^source: must list values, or operators/],
    [
      { source: [{ suffix: 'ivs' }] },
      /^source: there is no operator 'suffix': there are prefix, anything-but and exists$/,
    ],
    [{ source: [{ prefix: 1 }] }, /^source\.prefix: must be text$/],
    [{ source: [{ exists: 'yes' }] }, /^source\.exists: must be true or false$/],
    [{ source: [{ 'anything-but': true }] }, /^source\.anything-but: must be text, a number, a list of those, or/],
    [{ source: [{ 'anything-but': [] }] }, /^source\.anything-but: must not be an empty list$/],
    [{ source: [{ 'anything-but': { suffix: 'x' } }] }, /^source\.anything-but: there is no operator 'suffix'/],
    [{ source: [{ 'anything-but': { prefix: [1] } }] }, /^source\.anything-but\.prefix: must be text$/],
  ];
  for (const [pattern, message] of refusals) {
    assert.throws(() => readPattern(pattern), { name: 'PatternError', message }, JSON.stringify(pattern));
  }
});

/*
 * The oracle flattens: an event becomes a list of (path, value), a pattern a list of (path, entries). Few names and
 * values, so that pattern and event often meet.
 */
type Flat = { path: string; value: unknown }[];

function flatten(value: unknown, path = ''): Flat {
  if (Array.isArray(value)) return value.flatMap((item) => flatten(item, path));
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([name, inner]) => flatten(inner, `${path}/${name}`));
}

function flattenPattern(pattern: object, path = ''): { path: string; entries: unknown[] }[] {
  return Object.entries(pattern).flatMap(([name, inner]) =>
    Array.isArray(inner) ? [{ path: `${path}/${name}`, entries: inner }] : flattenPattern(inner, `${path}/${name}`),
  );
}

function oracle(pattern: object, event: object): boolean {
  const flat = flatten(event);
  return flattenPattern(pattern).every(({ path, entries }) => {
    const values = flat.filter((each) => each.path === path).map(({ value }) => value);
    return entries.some((entry) => {
      if (typeof entry !== 'object' || entry === null) return values.some((value) => value === entry);
      if ('exists' in entry) return entry.exists ? values.length > 0 : values.length === 0;
      if ('prefix' in entry) return values.some((value) => isPrefixed(value, [entry.prefix]));
      const but = (entry as { 'anything-but': unknown })['anything-but'];
      if (typeof but === 'object' && but !== null && 'prefix' in but) {
        return values.some((value) => !isPrefixed(value, [but.prefix].flat()));
      }
      return values.some((value) => ![but].flat().includes(value));
    });
  });
}

function isPrefixed(value: unknown, prefixes: unknown[]): boolean {
  return typeof value === 'string' && prefixes.some((prefix) => value.slice(0, String(prefix).length) === prefix);
}

const name = fc.constantFrom('a', 'b', 'c');
const text = fc.constantFrom('', 'x', 'xy', 'xyz', 'y');
const leaf = fc.oneof(text, fc.constantFrom<unknown>(0, 1, true, false, null));
const textOrNumber = fc.oneof(text, fc.constantFrom(0, 1));
const entry = fc.oneof(
  leaf,
  fc.record({ prefix: text }),
  fc.record({ exists: fc.boolean() }),
  fc.record({ 'anything-but': fc.oneof(textOrNumber, fc.array(textOrNumber, { minLength: 1, maxLength: 3 })) }),
  fc.record({ 'anything-but': fc.record({ prefix: fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 2 })) }) }),
);
const entries = fc.array(entry, { minLength: 1, maxLength: 3 });
const fields = (value: fc.Arbitrary<unknown>, minKeys: number) =>
  fc.dictionary(name, value, { minKeys, maxKeys: 3, noNullPrototype: true });
const value = fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }));
const detail = fields(fc.oneof(value, fields(fc.oneof(value, fields(value, 0)), 0)), 0);
const detailPattern = fields(fc.oneof(entries, fields(fc.oneof(entries, fields(entries, 1)), 1)), 1);

test('patterns match what a naive reading of them matches', () => {
  const outcomes = new Set<boolean>();
  const property = fc.property(detailPattern, detail, (pattern, details) => {
    const expected = oracle(pattern, details);
    outcomes.add(expected);
    assert.equal(readPattern({ detail: pattern })({ ...published(), detail: details }), expected);
  });
  fc.assert(property, { numRuns: 2_000 });
  assert.equal(outcomes.size, 2);
});

test('whatever is given as a pattern is read or refused', () => {
  const property = fc.property(fc.jsonValue(), (pattern) => {
    try {
      readPattern({ detail: pattern })(published());
    } catch (error) {
      assert.equal((error as Error).name, 'PatternError');
    }
  });
  fc.assert(property);
});
