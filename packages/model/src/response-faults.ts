import { type OperationName, operations } from './operations.ts';
import { rulesOf } from './rules.ts';
import { type ListShape, type MapShape, mapValue, type Shape, type StructureShape } from './schema.ts';

/**
 * What the body of a successful answer breaks of its operation's shape, in words, one for each fault.
 *
 * A text that need not be there may be empty whatever its constraints: that is how the service writes a name, a session
 * or a setting where there is none.
 *
 * @param body parsed JSON; undefined when the answer has no body
 */
export function responseFaults(name: OperationName, body: unknown): string[] {
  const shape: StructureShape = operations[name].response;
  const hasBody = Object.values(shape.properties).some(({ location }) => location === undefined);
  if (!hasBody) return body === undefined ? [] : ['There should be no body'];
  return [...faults(shape, body, 'body')];
}

function faults(shape: Shape, value: unknown, path: string): string[] {
  if (!hasJsonType(shape, value)) return [`${path} has the wrong type`];
  const inside = [...faultsInside(shape, value, path)];
  if (inside.length > 0) return inside;
  return rulesOf(shape).flatMap(({ holds, text }) => (holds(value) ? [] : [`${path}: ${text}`]));
}

function faultsInside(shape: Shape, value: unknown, path: string): Iterable<string> {
  switch (shape['~kind']) {
    case 'Object':
      return structureFaults(shape, value as Record<string, unknown>, path);
    case 'Array':
      return listFaults(shape, value as unknown[], path);
    case 'Record':
      return mapFaults(shape, value as Record<string, unknown>, path);
    default:
      return [];
  }
}

function* structureFaults(
  { properties, required = [] }: StructureShape,
  structure: Record<string, unknown>,
  path: string,
): Iterable<string> {
  for (const name of required) if (!Object.hasOwn(structure, name)) yield `${path}.${name} is missing`;
  for (const [name, value] of Object.entries(structure)) {
    const member = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (member === undefined || member.location !== undefined) yield `${path}.${name} is no member of the body`;
    else if (value !== '' || required.includes(name)) yield* faults(member, value, `${path}.${name}`);
  }
}

function* listFaults({ items }: ListShape, list: unknown[], path: string): Iterable<string> {
  for (const [index, item] of list.entries()) yield* faults(items, item, `${path}.${index}`);
}

function* mapFaults(shape: MapShape, map: Record<string, unknown>, path: string): Iterable<string> {
  for (const [key, value] of Object.entries(map)) yield* faults(mapValue(shape), value, `${path}.${key}`);
}

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

function hasJsonType(shape: Shape, value: unknown): boolean {
  switch (shape['~kind']) {
    case 'Object':
    case 'Record':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'Array':
      return Array.isArray(value);
    case 'String':
    case 'Enum':
      return typeof value === 'string';
    case 'Timestamp':
      return typeof value === 'string' && timestamp.test(value) && !Number.isNaN(Date.parse(value));
    case 'Integer':
      return Number.isInteger(value);
    case 'Number':
      return typeof value === 'number';
    case 'Boolean':
      return typeof value === 'boolean';
  }
}
