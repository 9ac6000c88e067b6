import type { Shape, StringShape, StructureShape } from '@proscenium/model';
import { CommandFailure } from '../failure.ts';
import { pythonText, pythonType } from '../json/python-text.ts';
import { isNumber, type Json, type JsonObject, toNumber } from '../json/value.ts';

/**
 * Checks what the AWS command line checks before it sends a request: types, names, required members, and lower limits. The
 * rest is the server's to judge.
 *
 * @throws CommandFailure that lists all faults
 */
export function checkRequest(shape: StructureShape, request: JsonObject): void {
  const faults = [...faultsIn(shape, request, '')];
  if (faults.length === 0) return;
  throw new CommandFailure('ParamValidation', `Parameter validation failed:\n${faults.join('\n')}`);
}

function* faultsIn(shape: Shape, value: Json, path: string): Iterable<string> {
  switch (shape['~kind']) {
    case 'Object':
      if (value instanceof Map) yield* structureFaults(shape, value, path);
      else yield wrongType(path, value, ['dict']);
      break;
    case 'Record':
      if (!(value instanceof Map)) yield wrongType(path, value, ['dict']);
      else {
        for (const [key, entry] of value) {
          yield* shape.propertyNames ? textFaults(shape.propertyNames, key, `${path} (key: ${key})`) : [];
          if (typeof entry !== 'string') yield wrongType(`${path}.${key}`, entry, ['str']);
        }
      }
      break;
    case 'Array':
      if (!Array.isArray(value)) yield wrongType(path, value, ['list', 'tuple']);
      else {
        if (value.length < (shape.minItems ?? 0)) yield tooShort(path, value.length, shape.minItems);
        for (const [position, item] of value.entries()) yield* faultsIn(shape.items, item, `${path}[${position}]`);
      }
      break;
    case 'Integer':
      if (typeof value !== 'number' && typeof value !== 'boolean') yield wrongType(path, value, ['int']);
      else if (Number(value) < (shape.minimum ?? Number.NEGATIVE_INFINITY)) yield tooSmall(path, value, shape.minimum);
      break;
    case 'Number':
      if (!isNumber(value)) yield wrongType(path, value, ['float', 'decimal.Decimal', 'int']);
      else if (toNumber(value) < (shape.minimum ?? Number.NEGATIVE_INFINITY))
        yield tooSmall(path, value, shape.minimum);
      break;
    case 'Boolean':
      if (typeof value !== 'boolean') yield wrongType(path, value, ['bool']);
      break;
    case 'Timestamp':
      break;
    default:
      if (typeof value !== 'string') yield wrongType(path, value, ['str']);
      else yield* textFaults(shape, value, path);
  }
}

function* structureFaults(
  { properties, required = [] }: StructureShape,
  value: JsonObject,
  path: string,
): Iterable<string> {
  for (const name of required) {
    if (!value.has(name)) yield `Missing required parameter in ${place(path)}: "${name}"`;
  }
  const known = Object.keys(properties);
  for (const name of value.keys()) {
    if (!known.includes(name)) {
      yield `Unknown parameter in ${place(path)}: "${name}", must be one of: ${known.join(', ')}`;
    }
  }
  for (const [name, member] of value) {
    const shape = known.includes(name) ? properties[name] : undefined;
    if (shape !== undefined) yield* faultsIn(shape, member, `${path}.${name}`);
  }
}

function* textFaults(shape: Shape, value: string, path: string): Iterable<string> {
  const { minLength } = shape as StringShape;
  const length = Array.from(value).length;
  if (length < (minLength ?? 0)) yield tooShort(path, length, minLength);
}

function wrongType(path: string, value: Json, types: readonly string[]): string {
  const valid = types.map((type) => `<class '${type}'>`).join(', ');
  return `Invalid type for parameter ${place(path)}, value: ${pythonText(value)}, type: <class '${pythonType(value)}'>, valid types: ${valid}`;
}

function tooShort(path: string, length: number, minimum: number | undefined): string {
  return `Invalid length for parameter ${place(path)}, value: ${length}, valid min length: ${minimum}`;
}

function tooSmall(path: string, value: Json, minimum: number | undefined): string {
  return `Invalid value for parameter ${place(path)}, value: ${pythonText(value)}, valid min value: ${minimum}`;
}

function place(path: string): string {
  return path === '' ? 'input' : path.replace(/^\./, '');
}
