import type { EventEnvelope } from './event-envelope.ts';

/** Whether an event is wanted. */
export type EventFilter = (event: EventEnvelope) => boolean;

/** What is wrong with a pattern, and at which field. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** A value that is compared as a whole; everything else in an event is a group of fields or a list. */
type Leaf = string | number | boolean | null;
type Fields = Readonly<Record<string, unknown>>;
/** Looks at what an event has at one place; undefined: nothing. */
type ValueTest = (value: unknown) => boolean;
type LeafTest = (leaf: Leaf) => boolean;

const envelopeFields: Readonly<Record<keyof EventEnvelope, true>> = {
  version: true,
  id: true,
  'detail-type': true,
  source: true,
  account: true,
  time: true,
  region: true,
  resources: true,
  detail: true,
};

/**
 * Reads an event pattern as Amazon EventBridge has them: fields that all must match, each with a list of which one entry
 * must match. Entries are values, `{ "prefix": … }`, `{ "anything-but": … }` and `{ "exists": … }`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 *
 * @throws PatternError
 */
export function readPattern(pattern: unknown): EventFilter {
  const unknownField = isFields(pattern) && Object.keys(pattern).find((name) => !Object.hasOwn(envelopeFields, name));
  if (unknownField) throw new PatternError(`${unknownField}: events have no such field`);
  return readFields(pattern, []);
}

function readFields(pattern: unknown, path: readonly string[]): ValueTest {
  if (!isFields(pattern)) throw fault(path, 'must be a group of fields');
  const tests = Object.entries(pattern).map(([name, expected]) => {
    const inside = [...path, name];
    return { name, test: Array.isArray(expected) ? readEntries(expected, inside) : readFields(expected, inside) };
  });
  if (tests.length === 0) throw fault(path, 'must not be empty');
  const matches = (fields: Fields) =>
    tests.every(({ name, test }) => test(Object.hasOwn(fields, name) ? fields[name] : undefined));
  // Whatever has no fields is as good as none: `exists: false` holds inside it.
  return (value) => {
    const items = Array.isArray(value) && value.length > 0 ? value : [value];
    return items.some((item) => matches(isFields(item) ? item : {}));
  };
}

function readEntries(entries: readonly unknown[], path: readonly string[]): ValueTest {
  if (entries.length === 0) throw fault(path, 'must not be an empty list');
  const tests = entries.map((entry) => readEntry(entry, path));
  return (value) => {
    const leaves = leavesOf(value);
    return tests.some((test) => test(leaves));
  };
}

function readEntry(entry: unknown, path: readonly string[]): (leaves: readonly Leaf[]) => boolean {
  if (isLeaf(entry)) return (leaves) => leaves.includes(entry);
  const [operator, operand] = onlyMember(entry, path);
  switch (operator) {
    case 'prefix':
      return some(readPrefix(operand, [...path, operator]));
    case 'anything-but':
      return some(readAnythingBut(operand, [...path, operator]));
    case 'exists':
      if (typeof operand !== 'boolean') throw fault([...path, operator], 'must be true or false');
      return (leaves) => leaves.length > 0 === operand;
    default:
      throw fault(path, `there is no operator '${operator}': there are prefix, anything-but and exists`);
  }
}

function readPrefix(operand: unknown, path: readonly string[]): LeafTest {
  if (typeof operand !== 'string') throw fault(path, 'must be text');
  return (leaf) => typeof leaf === 'string' && leaf.startsWith(operand);
}

function readAnythingBut(operand: unknown, path: readonly string[]): LeafTest {
  if (isFields(operand)) {
    const [operator, prefixes] = onlyMember(operand, path);
    if (operator !== 'prefix') throw fault(path, `there is no operator '${operator}' in anything-but: there is prefix`);
    const tests = listOf(prefixes, [...path, operator]).map((prefix) => readPrefix(prefix, [...path, operator]));
    return (leaf) => !tests.some((test) => test(leaf));
  }
  const values = listOf(operand, path);
  if (values.some((value) => typeof value !== 'string' && typeof value !== 'number')) {
    throw fault(path, 'must be text, a number, a list of those, or a prefix');
  }
  return (leaf) => !values.includes(leaf);
}

/** A list stands for each of its items. */
function leavesOf(value: unknown): Leaf[] {
  return [value].flat().filter(isLeaf);
}

function some(test: LeafTest): (leaves: readonly Leaf[]) => boolean {
  return (leaves) => leaves.some(test);
}

function listOf(value: unknown, path: readonly string[]): readonly unknown[] {
  const list = [value].flat();
  if (list.length === 0) throw fault(path, 'must not be an empty list');
  return list;
}

function onlyMember(value: unknown, path: readonly string[]): [name: string, value: unknown] {
  const [member, ...more] = isFields(value) ? Object.entries(value) : [];
  if (member === undefined || more.length > 0) throw fault(path, 'must list values, or operators with one name each');
  return member;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLeaf(value: unknown): value is Leaf {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function fault(path: readonly string[], says: string): PatternError {
  return new PatternError([...(path.length > 0 ? [path.join('.')] : []), says].join(': '));
}
