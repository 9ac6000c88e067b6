import { errorNames, type OperationName, operationNames } from '@proscenium/model';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Failure } from './injected-failures.ts';

/** An order that cannot be carried out; the text says why. */
export class BadOrder extends Error {
  override readonly name = 'BadOrder';
  /** HTTP status. */
  readonly statusCode: number;

  constructor(message: string, statusCode = 400) {
    super(message);
    this.statusCode = statusCode;
  }
}

const closed = { additionalProperties: false };
const longestAdvanceSeconds = 10 * 366 * 24 * 60 * 60;

const advance = Type.Object({ advanceSeconds: Type.Number({ minimum: 0, maximum: longestAdvanceSeconds }) }, closed);
const reset = Type.Object({}, closed);
const failure = Type.Object(
  {
    error: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
    status: Type.Optional(Type.Integer({ minimum: 400, maximum: 599 })),
    connection: Type.Optional(Type.Literal('drop')),
    delayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000 })),
    times: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  closed,
);

/** How far to advance. @throws {BadOrder} */
export function readAdvance(body: unknown): number {
  return read(advance, body).advanceSeconds * 1_000;
}

/** A reset has nothing to say yet. @throws {BadOrder} */
export function readReset(body: unknown): void {
  read(reset, body);
}

/** @throws {BadOrder} */
export function readFailure(body: unknown): Failure {
  const { error, message, ...rest } = read(failure, body);
  const ways = [error, rest.status, rest.connection].filter((way) => way !== undefined);
  if (ways.length > 1) throw new BadOrder('A call fails in one way: with an error, a status, or a dropped connection');
  if (ways.length === 0 && rest.delayMs === undefined) {
    throw new BadOrder('Say how calls fail: "error", "status", "connection" or "delayMs"');
  }
  if (error === undefined) {
    if (message !== undefined) throw new BadOrder('"message" goes with "error" only');
    return rest;
  }
  const name = errorNames.find((each) => each === error);
  if (name === undefined) throw new BadOrder(`"error" must be one of ${errorNames.join(', ')}`);
  return { error: name, ...(message !== undefined && { message }), ...rest };
}

/** @throws {BadOrder} */
export function readOperation(name: string): OperationName {
  const operation = operationNames.find((each) => each === name);
  if (operation === undefined) throw new BadOrder(`There is no operation ${name}`, 404);
  return operation;
}

function read<Schema extends TSchema>(schema: Schema, body: unknown): Static<Schema> {
  const order = parse(typeof body === 'string' && body !== '' ? body : '{}');
  // Every member too many is told twice; the half without its name is left out.
  const [error] = Value.Errors(schema, order).filter(({ keyword }) => keyword !== 'boolean');
  if (error !== undefined) throw new BadOrder(`${error.instancePath.slice(1) || 'The body'} ${error.message}`);
  return order as Static<Schema>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BadOrder(`The body is no JSON: ${(cause as Error).message}`);
  }
}
