import { pythonText, pythonType } from '../json/python-text.ts';
import { equals, Float, isNumber, type Json, type JsonObject, toNumber } from '../json/value.ts';
import { writeJson } from '../json/write-json.ts';
import { order, Reference } from './node.ts';
import { QueryError } from './query-error.ts';

type Type = 'any' | 'array' | 'boolean' | 'expref' | 'null' | 'number' | 'object' | 'string';
/** A type, or a list all of whose items are of one. */
type Allowed = Type | 'array-number' | 'array-string';
type Argument = Json | Reference;

interface FunctionDefinition {
  readonly parameters: readonly (readonly Allowed[])[];
  /** More arguments than parameters may come. */
  readonly variadic?: true;
  apply(...values: never[]): Json;
}

const any: readonly Allowed[] = [];
const numbersOrTexts: readonly Allowed[] = ['array-number', 'array-string'];

const functions: Readonly<Record<string, FunctionDefinition>> = {
  abs: { parameters: [['number']], apply: (value: number | Float) => like(value, Math.abs(toNumber(value))) },
  avg: {
    parameters: [['array-number']],
    apply: (items: (number | Float)[]) => (items.length === 0 ? null : new Float(total(items) / items.length)),
  },
  ceil: { parameters: [['number']], apply: (value: number | Float) => Math.ceil(toNumber(value)) },
  contains: { parameters: [['array', 'string'], any], apply: contains },
  ends_with: { parameters: [['string'], ['string']], apply: (text: string, end: string) => text.endsWith(end) },
  floor: { parameters: [['number']], apply: (value: number | Float) => Math.floor(toNumber(value)) },
  join: { parameters: [['string'], ['array-string']], apply: (glue: string, texts: string[]) => texts.join(glue) },
  keys: { parameters: [['object']], apply: (object: JsonObject) => [...object.keys()] },
  length: { parameters: [['string', 'array', 'object']], apply: length },
  map: {
    parameters: [['expref'], ['array']],
    apply: ({ evaluate }: Reference, items: Json[]) => items.map(evaluate),
  },
  max: { parameters: [numbersOrTexts], apply: (items: Json[]) => extreme(items, items, 1) },
  max_by: {
    parameters: [['array'], ['expref']],
    apply: (items: Json[], by: Reference) => extreme(items, keysBy('max_by', items, by), 1),
  },
  merge: {
    parameters: [['object']],
    variadic: true,
    apply: (...values: Argument[]) => new Map(values.flatMap(membersOf)),
  },
  min: { parameters: [numbersOrTexts], apply: (items: Json[]) => extreme(items, items, -1) },
  min_by: {
    parameters: [['array'], ['expref']],
    apply: (items: Json[], by: Reference) => extreme(items, keysBy('min_by', items, by), -1),
  },
  not_null: {
    parameters: [any],
    variadic: true,
    apply: (...values: Json[]) => values.find((value) => value !== null) ?? null,
  },
  reverse: {
    parameters: [['array', 'string']],
    apply: (value: Json[] | string) =>
      typeof value === 'string' ? Array.from(value).reverse().join('') : value.toReversed(),
  },
  sort: {
    parameters: [['array-string', 'array-number']],
    apply: (items: Json[]) => items.toSorted((one, other) => order(one, other)),
  },
  sort_by: { parameters: [['array'], ['expref']], apply: sortBy },
  starts_with: { parameters: [['string'], ['string']], apply: (text: string, start: string) => text.startsWith(start) },
  sum: {
    parameters: [['array-number']],
    apply: (items: (number | Float)[]) =>
      items.some((item) => item instanceof Float) ? new Float(total(items)) : total(items),
  },
  to_array: { parameters: [any], apply: (value: Json) => (Array.isArray(value) ? value : [value]) },
  to_number: { parameters: [any], apply: toNumberValue },
  to_string: {
    parameters: [any],
    apply: (value: Json) =>
      typeof value === 'string' ? value : writeJson(value, { comma: ',', colon: ':', ascii: true }),
  },
  type: { parameters: [any], apply: (value: Json) => typeOf(value) },
  values: { parameters: [['object']], apply: (object: JsonObject) => [...object.values()] },
};

/** @throws QueryError when there is no such function, or the arguments do not fit it */
export function callFunction(name: string, values: readonly Argument[]): Json {
  const definition = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (definition === undefined) throw new QueryError(`Unknown function: ${name}()`);
  const { parameters, variadic } = definition;
  if (variadic ? values.length < parameters.length : values.length !== parameters.length) {
    const expected = `${variadic ? 'at least ' : ''}${parameters.length} argument${parameters.length === 1 ? '' : 's'}`;
    throw new QueryError(`Expected ${expected} for function ${name}(), received ${values.length}`);
  }
  for (const [position, allowed] of parameters.entries()) checkType(name, values[position] ?? null, allowed);
  return definition.apply(...(values as never[]));
}

function checkType(name: string, value: Argument, allowed: readonly Allowed[]): void {
  if (allowed.length === 0) return;
  const type = typeOf(value);
  const fits = allowed.some((each) => each === type || (type === 'array' && each.startsWith('array-')));
  if (!fits) throw wrongType(name, value, allowed, type);
  const itemTypes = allowed.flatMap((each) => (each.startsWith('array-') ? [each.slice('array-'.length)] : []));
  if (!Array.isArray(value) || itemTypes.length === 0) return;
  const wanted = itemTypes.length === 1 ? itemTypes : itemTypes.filter((each) => each === typeOf(value[0] ?? null));
  for (const item of value) {
    if (!wanted.includes(typeOf(item))) throw wrongType(name, item, allowed, pythonType(item));
  }
}

function wrongType(name: string, value: Argument, allowed: readonly string[], received: string): QueryError {
  const shown = value instanceof Reference ? 'an expression' : pythonText(value);
  const expected = pythonText([...allowed]);
  return new QueryError(
    `In function ${name}(), invalid type for value: ${shown}, expected one of: ${expected}, received: "${received}"`,
  );
}

function typeOf(value: Argument): Type {
  if (value instanceof Reference) return 'expref';
  if (value === null) return 'null';
  if (isNumber(value)) return 'number';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Map) return 'object';
  return typeof value === 'string' ? 'string' : 'boolean';
}

function like(value: number | Float, result: number): Json {
  return value instanceof Float ? new Float(result) : result;
}

function total(items: readonly (number | Float)[]): number {
  return items.reduce<number>((sum, item) => sum + toNumber(item), 0);
}

function membersOf(value: Argument): [string, Json][] {
  if (value instanceof Map) return [...value];
  throw new QueryError(`'${value instanceof Reference ? '_Expression' : pythonType(value)}' object is not iterable`);
}

function length(value: string | Json[] | JsonObject): number {
  if (typeof value === 'string') return Array.from(value).length;
  return Array.isArray(value) ? value.length : value.size;
}

function contains(subject: string | Json[], searched: Json): boolean {
  if (Array.isArray(subject)) return subject.some((item) => equals(item, searched));
  if (typeof searched === 'string') return subject.includes(searched);
  throw new QueryError(`'in <string>' requires string as left operand, not ${pythonType(searched)}`);
}

/** Of equal ones the first. */
function extreme(items: readonly Json[], keys: readonly Json[], sign: 1 | -1): Json {
  let best = 0;
  for (const [position, key] of keys.entries()) {
    if (order(key, keys[best] ?? null) * sign > 0) best = position;
  }
  return items[best] ?? null;
}

function keysBy(
  name: string,
  items: readonly Json[],
  by: Reference,
  allowed: readonly Type[] = ['number', 'string'],
): Json[] {
  return items.map((item) => {
    const key = by.evaluate(item);
    if (!allowed.includes(typeOf(key))) throw wrongType(name, key, allowed, typeOf(key));
    return key;
  });
}

function sortBy(items: Json[], by: Reference): Json[] {
  const [first] = items;
  if (first === undefined) return items;
  const type = typeOf(by.evaluate(first));
  if (type !== 'number' && type !== 'string') throw wrongType('sort_by', first, ['string', 'number'], type);
  const keys = keysBy('sort_by', items, by, [type]);
  const positions = keys.map((_, position) => position);
  positions.sort((one, other) => order(keys[one] ?? null, keys[other] ?? null));
  return positions.map((position) => items[position] ?? null);
}

function toNumberValue(value: Json): Json {
  if (isNumber(value)) return value;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (/^[-+]?\d+(_\d+)*$/.test(text)) return Number(text.replaceAll('_', ''));
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return new Float(Number(text));
  return null;
}
