import {
  type ErrorName,
  type ListShape,
  type MapShape,
  type OperationName,
  operations,
  type Shape,
  type StringShape,
  type StructureShape,
} from '@proscenium/model';
import fc from 'fast-check';
import { valid } from '../../packages/model/src/arbitrary-shape.ts';
import { mapValue } from '../../packages/model/src/schema.ts';
import { validRequest } from './valid-request.ts';

/** A value with one fault. */
export type Faulty<Value = unknown> = {
  value: Value;
  /** In words: what is wrong, and where. */
  fault: string;
  /** What the server must find. */
  error: Extract<ErrorName, 'SerializationException' | 'ValidationException'>;
};

type Request = Record<string, unknown>;

/** Requests that are valid but for one member, or lack one. */
export function faultyRequest(operation: OperationName): fc.Arbitrary<Faulty<Request> & { member: string }> {
  const { properties, required = [] }: StructureShape = operations[operation].request;
  const good = validRequest(operation);
  const wrong = Object.entries(properties).map(([member, shape]) =>
    fc.tuple(good, faulty(shape)).map(([request, found]) => ({
      ...found,
      member,
      value: { ...request, [member]: found.value },
    })),
  );
  const lacking = required
    .filter((member) => properties[member]?.location !== 'path')
    .map((member) => good.map((request) => ({ ...refused(without(request, member), 'missing'), member })));
  return fc.oneof(...wrong, ...lacking);
}

/** Values of the shape with one fault in them. */
function faulty(shape: Shape): fc.Arbitrary<Faulty> {
  const typed = shape.location === undefined ? [wrongType(shape)] : [];
  switch (shape['~kind']) {
    case 'Object':
      return fc.oneof(...typed, ...faultyStructures(shape));
    case 'Array':
      return fc.oneof(...typed, ...faultyLists(shape));
    case 'Record':
      return fc.oneof(...typed, ...faultyMaps(shape));
    case 'String':
      return fc.oneof(...typed, ...faultyStrings(shape));
    case 'Enum':
      return fc.oneof(
        ...typed,
        fc
          .string()
          .filter((text) => !shape.enum.includes(text.toUpperCase()))
          .map((text) => refused(text, 'not one of the enumeration')),
      );
    case 'Integer':
      return fc.oneof(
        ...typed,
        fc
          .constantFrom(1.5, 2 ** 31, -(2 ** 31) - 1, 1e300, 5e-324)
          .map((value) => unreadable(value, 'no 32-bit integer')),
        ...outOfRange(shape),
      );
    case 'Number':
      return fc.oneof(...typed, ...outOfRange(shape));
    case 'Boolean':
    case 'Timestamp':
      return fc.oneof(...typed);
  }
}

const values: Record<'string' | 'number' | 'boolean' | 'list' | 'object', unknown[]> = {
  string: ['', '1', 'true', 'null', '[]'],
  number: [0, 1, -1, 1.5],
  boolean: [true, false],
  list: [[], [[]], ['a'], [{}]],
  object: [{}, { a: 'b' }, { '': [] }],
};
const jsonTypes: { [Kind in Shape['~kind']]: keyof typeof values } = {
  Object: 'object',
  Record: 'object',
  Array: 'list',
  String: 'string',
  Enum: 'string',
  Timestamp: 'string',
  Boolean: 'boolean',
  Integer: 'number',
  Number: 'number',
};

function wrongType(shape: Shape): fc.Arbitrary<Faulty> {
  const right = jsonTypes[shape['~kind']];
  const others = Object.entries(values).flatMap(([type, examples]) => (type === right ? [] : examples));
  return fc.constantFrom(...others).map((value) => unreadable(value, `no ${right}`));
}

function faultyStructures(shape: StructureShape): fc.Arbitrary<Faulty>[] {
  const whole = valid(shape) as fc.Arbitrary<Request>;
  const wrong = Object.entries(shape.properties).map(([name, member]) =>
    fc.tuple(whole, faulty(member)).map(([structure, found]) => within(found, { ...structure, [name]: found.value })),
  );
  const lacking = (shape.required ?? []).flatMap((name) => [
    whole.map((structure) => refused(without(structure, name), `no ${name}`)),
    whole.map((structure) => refused({ ...structure, [name]: null }, `null for ${name}`)),
  ]);
  return [...wrong, ...lacking];
}

function faultyLists(shape: ListShape): fc.Arbitrary<Faulty>[] {
  const { items, minItems = 0, maxItems, location } = shape;
  const repeated = (length: number) => fc.array(valid(items), { minLength: length, maxLength: length });
  // In a query everything is text.
  const wrong = location === undefined ? [faulty(items)] : breakingStrings(items as StringShape);
  return [
    ...wrong.map((each) => each.map((found) => within(found, [found.value]))),
    ...(location === undefined ? [fc.constant(unreadable([null], 'null in a list'))] : []),
    ...(minItems > 0 ? [fc.constant(refused([], 'too few items'))] : []),
    ...(maxItems === undefined ? [] : [repeated(maxItems + 1).map((list) => refused(list, 'too many items'))]),
  ];
}

function faultyMaps(shape: MapShape): fc.Arbitrary<Faulty>[] {
  const { propertyNames, maxProperties } = shape;
  const many = Object.fromEntries(Array.from({ length: (maxProperties ?? 0) + 1 }, (_, index) => [`key-${index}`, '']));
  return [
    faulty(mapValue(shape)).map((found) => within(found, { key: found.value })),
    fc.constant(unreadable({ key: null }, 'null in a map')),
    fc.constant(unreadable({ '\udc00': 'value' }, 'half a surrogate pair in a key')),
    ...(maxProperties === undefined ? [] : [fc.constant(refused(many, 'too many entries'))]),
    ...(propertyNames === undefined
      ? []
      : breakingStrings(propertyNames).map((keys) => keys.map((found) => within(found, { [found.value]: '' })))),
  ];
}

function faultyStrings(shape: StringShape): fc.Arbitrary<Faulty>[] {
  if (shape.location === 'path') return breakingLabels(shape);
  const halves = fc
    .constantFrom('\ud800', 'a\udfff', '\udc00\ud800')
    .map((text) => unreadable(text, 'half a surrogate'));
  return [...(shape.location === undefined ? [halves] : []), ...breakingStrings(shape)];
}

/** Without a label there is no such path, and clients take dots for a way up and down. */
function breakingLabels(shape: StringShape): fc.Arbitrary<Faulty<string>>[] {
  const strings = breakingStrings({ ...shape, minLength: 0 });
  return strings.map((each) => each.filter(({ value }) => !['', '.', '..'].includes(value)));
}

/** Well-formed texts that break one of the constraints. */
function breakingStrings({ minLength = 0, maxLength, pattern }: StringShape): fc.Arbitrary<Faulty<string>>[] {
  const long = fc.tuple(fc.constantFrom('a', '€', '😀'), fc.constantFrom(1, 2, 1_000));
  const odd = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.constantFrom(' ', '\0', '\n', '%', '..', '\u202e'),
  );
  return [
    ...(minLength > 0 ? [fc.constant(refused('a'.repeat(minLength - 1), 'too short'))] : []),
    ...(maxLength === undefined
      ? []
      : [long.map(([letter, more]) => refused(letter.repeat(maxLength + more), 'too long'))]),
    ...(pattern === undefined
      ? []
      : [odd.filter((text) => !new RegExp(pattern).test(text)).map((text) => refused(text, 'another pattern'))]),
  ];
}

function outOfRange({ minimum, maximum }: { minimum?: number; maximum?: number }): fc.Arbitrary<Faulty>[] {
  const below = minimum === undefined ? [] : [minimum - 1, -(2 ** 31)];
  const above = maximum === undefined ? [] : [maximum + 1, 2 ** 31 - 1];
  const outside = [...below, ...above].map((value) => refused(value, 'out of range'));
  return outside.length === 0 ? [] : [fc.constantFrom(...outside)];
}

function refused<Value>(value: Value, fault: string): Faulty<Value> {
  return { value, fault, error: 'ValidationException' };
}

function unreadable<Value>(value: Value, fault: string): Faulty<Value> {
  return { value, fault, error: 'SerializationException' };
}

/** The same fault in a larger value. */
function within<Value>(found: Faulty, value: Value): Faulty<Value> {
  return { ...found, value };
}

function without(structure: Request, member: string): Request {
  const { [member]: _, ...rest } = structure;
  return rest;
}
