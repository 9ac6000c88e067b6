import { SerializationException, ValidationException } from './errors.ts';
import { type OperationName, operations, type RequestOf } from './operations.ts';
import { rulesOf } from './rules.ts';
import {
  type EnumerationShape,
  type ListShape,
  type MapShape,
  mapValue,
  type Shape,
  type StructureShape,
} from './schema.ts';
import { missing, violation } from './violation.ts';

/**
 * Reads a request: a clean copy that has the known members only.
 *
 * @param input All members by name, wherever they travel (body, path, query); undefined, for no body at all, is as `{}`.
 * A member that is `null` counts as absent. Maps are copied onto objects without a prototype, so that any key is plain
 * data.
 * @throws SerializationException at the first value of a wrong JSON type (also: `null` in a list or a map, a fraction or
 * more than 32 bits for an integer, text with half a surrogate pair).
 * @throws ValidationException one that lists everything that breaks a constraint.
 */
export function readRequest<Name extends OperationName>(name: Name, input: unknown): RequestOf<Name> {
  return readShape(operations[name].request, input === undefined ? {} : input) as RequestOf<Name>;
}

/** Reads a value of any shape by the rules of `readRequest`. */
export function readShape(shape: Shape, input: unknown): unknown {
  const violations: string[] = [];
  const value = read(shape, input, '', violations);
  if (violations.length > 0) {
    const errors = violations.length === 1 ? 'error' : 'errors';
    throw new ValidationException(`${violations.length} validation ${errors} detected: ${violations.join('; ')}`);
  }
  return value;
}

function read(shape: Shape, input: unknown, path: string, violations: string[]): unknown {
  const value = copy(shape, input, path, violations);
  for (const rule of rulesOf(shape)) {
    if (!rule.holds(value)) violations.push(violation(path, shape, value, rule.text));
  }
  return value;
}

/** The schema bounds the depth of what is copied. */
function copy(shape: Shape, input: unknown, path: string, violations: string[]): unknown {
  switch (shape['~kind']) {
    case 'Object':
      return copyStructure(shape, input, path, violations);
    case 'Array':
      return copyList(shape, input, path, violations);
    case 'Record':
      return copyMap(shape, input, path, violations);
    case 'Enum':
      return inItsCase(shape, readText(input, path));
    case 'String':
      return readText(input, path);
    case 'Boolean':
      if (typeof input !== 'boolean') throw wrongType('a boolean', path, input);
      return input;
    case 'Integer':
      // `| 0` leaves only whole numbers of 32 bits as they are.
      if (typeof input !== 'number' || (input | 0) !== input) throw wrongType('a 32-bit integer', path, input);
      return input;
    case 'Number':
      if (!Number.isFinite(input)) throw wrongType('a number', path, input);
      return input;
    case 'Timestamp':
      throw new TypeError(`No request carries a timestamp, but the schema of '${path}' is one`);
  }
}

function copyStructure(shape: StructureShape, input: unknown, path: string, violations: string[]): unknown {
  if (!isObject(input)) throw wrongType('an object', path, input);
  const copied: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(shape.properties)) {
    const memberPath = path === '' ? name : `${path}.${name}`;
    const value = Object.hasOwn(input, name) ? input[name] : undefined;
    if (value !== undefined && value !== null) copied[name] = read(member, value, memberPath, violations);
    else if (shape.required?.includes(name)) violations.push(missing(memberPath));
  }
  return copied;
}

function copyList(shape: ListShape, input: unknown, path: string, violations: string[]): unknown {
  if (!Array.isArray(input)) throw wrongType('a list', path, input);
  return beginning(input, shape.maxItems).map((item, index) =>
    copy(shape.items, item, `${path}.${index + 1}.member`, violations),
  );
}

/** One more than allowed is enough to refuse a list or a map: what a huge one costs and what is told of it stay small. */
function beginning<Item>(items: Item[], maximum: number | undefined): Item[] {
  return maximum === undefined ? items : items.slice(0, maximum + 1);
}

function copyMap(shape: MapShape, input: unknown, path: string, violations: string[]): unknown {
  if (!isObject(input)) throw wrongType('an object', path, input);
  const copied: Record<string, unknown> = Object.create(null);
  for (const [key, value] of beginning(Object.entries(input), shape.maxProperties)) {
    copied[readText(key, path)] = copy(mapValue(shape), value, path, violations);
  }
  return copied;
}

/** Half a surrogate pair, as the JSON text "\ud800" has it, is no character: nothing could write it down as it is. */
function readText(input: unknown, path: string): string {
  if (typeof input !== 'string') throw wrongType('a string', path, input);
  if (!input.isWellFormed()) throw new SerializationException(`The value at '${path}' must be well-formed Unicode`);
  return input;
}

function inItsCase(shape: EnumerationShape, input: string): string {
  const upperCase = input.toUpperCase();
  return shape.anyCase && shape.enum.includes(upperCase) ? upperCase : input;
}

function isObject(input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}

function wrongType(expected: string, path: string, found: unknown): SerializationException {
  const place = path === '' ? 'The request' : `The value at '${path}'`;
  return new SerializationException(`${place} must be ${expected}, not ${jsonType(found)}`);
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
