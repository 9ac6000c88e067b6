import type { Operation } from './operation.ts';
import { type OperationName, operations, type ResponseOf } from './operations.ts';
import { mapValue, type Shape, type StructureShape } from './schema.ts';
import { formatTimestamp } from './timestamp.ts';

export interface WrittenResponse {
  /** Of HTTP. @default 200 */
  status?: 200 | 204;
  /** JSON text; undefined for an operation without members in the body. */
  body: string | undefined;
  /** The members that travel as HTTP headers, by header name. */
  headers: Record<string, string>;
}

/**
 * Writes a response. Only what the model knows goes out; `undefined` and `null` never do.
 * @throws RangeError for an invalid date or a number that JSON does not have.
 */
export function writeResponse<Name extends OperationName>(name: Name, response: ResponseOf<Name>): WrittenResponse {
  const { response: shape, status }: Operation = operations[name];
  const body: Record<string, unknown> = {};
  const headers: Record<string, string> = {};
  for (const [member, value] of Object.entries(writeStructure(shape, response))) {
    const { header } = shape.properties[member] ?? {};
    if (header === undefined) body[member] = value;
    else headers[header] = String(value);
  }
  return { status, body: hasBody(shape) ? JSON.stringify(body) : undefined, headers };
}

function hasBody({ properties }: StructureShape): boolean {
  return Object.values(properties).some(({ location }) => location === undefined);
}

/** A loop, because every answer goes through here: generators and entries take twice the time. */
function writeStructure({ properties }: StructureShape, value: object): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const name in properties) {
    const shape = properties[name];
    const member: unknown = Reflect.get(value, name);
    if (shape !== undefined && isPresent(member)) written[name] = write(shape, member);
  }
  return written;
}

/** The types of `ResponseOf` promise that every value fits its shape. */
function write(shape: Shape, value: unknown): unknown {
  switch (shape['~kind']) {
    case 'Object':
      return writeStructure(shape, value as object);
    case 'Array':
      return (value as unknown[]).filter(isPresent).map((item) => write(shape.items, item));
    case 'Record':
      return writeMap(mapValue(shape), value as Record<string, unknown>);
    case 'Timestamp':
      return formatTimestamp(value as Date);
    case 'Integer':
    case 'Number':
      if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be written as JSON`);
      return value;
    default:
      return value;
  }
}

/** Without a prototype, so that a key like `__proto__` is an entry like any other. */
function writeMap(valueShape: Shape, entries: Record<string, unknown>): unknown {
  const written: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(entries)) if (isPresent(value)) written[key] = write(valueShape, value);
  return written;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
