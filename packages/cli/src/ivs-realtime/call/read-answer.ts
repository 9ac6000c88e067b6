import type { Operation, Shape, StructureShape } from '@proscenium/model';
import { CommandFailure } from '../failure.ts';
import { JsonSyntaxError, readJson } from '../json/read-json.ts';
import { Float, type Json, type JsonObject, toNumber } from '../json/value.ts';
import type { HttpAnswer } from './exchange.ts';

/**
 * The members of an answer that the model has, in its order; those that travel as headers first. Other members are left out,
 * and so are those that are null.
 */
export function readAnswer(
  { response }: Operation,
  { headers, body }: HttpAnswer,
  timestamps: 'iso8601' | 'wire',
): JsonObject {
  const answer: JsonObject = new Map();
  for (const [name, { header }] of Object.entries(response.properties)) {
    const value = header === undefined ? undefined : headers[header.toLowerCase()];
    if (typeof value === 'string') answer.set(name, value);
  }
  const fields = known(response, body === '' ? new Map() : readBody(body), timestamps);
  if (fields instanceof Map) {
    for (const [name, value] of fields) if (response.properties[name]?.header === undefined) answer.set(name, value);
  }
  return answer;
}

function readBody(body: string): Json {
  try {
    return readJson(body);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new CommandFailure(
      'General',
      `Unable to parse response (${error.message}), invalid JSON received. Further retries may succeed`,
    );
  }
}

function known(shape: Shape, value: Json, timestamps: 'iso8601' | 'wire'): Json {
  switch (shape['~kind']) {
    case 'Object':
      return value instanceof Map ? knownMembers(shape, value, timestamps) : value;
    case 'Array': {
      const { items } = shape;
      return Array.isArray(value) ? value.map((item) => known(items, item, timestamps)) : value;
    }
    case 'Timestamp':
      return timestamps === 'iso8601' ? isoTimestamp(value) : value;
    default:
      return value;
  }
}

function knownMembers({ properties }: StructureShape, value: JsonObject, timestamps: 'iso8601' | 'wire'): JsonObject {
  const members: JsonObject = new Map();
  for (const [name, shape] of Object.entries(properties)) {
    const member = value.get(name);
    if (member !== undefined && member !== null) members.set(name, known(shape, member, timestamps));
  }
  return members;
}

/** As Python writes a time in UTC: with six digits after the seconds, or none. */
function isoTimestamp(value: Json): Json {
  const isNumeric = typeof value === 'number' || value instanceof Float;
  const time = new Date(isNumeric ? toNumber(value) * 1_000 : String(value));
  if (Number.isNaN(time.getTime())) throw new CommandFailure('General', `Invalid timestamp "${String(value)}"`);
  if (!isNumeric && typeof value === 'string' && !/(?:Z|\+00:?00)$/.test(value)) return value;
  const fraction =
    /\.(\d+)/
      .exec(isNumeric ? time.toISOString() : String(value))?.[1]
      ?.slice(0, 6)
      .padEnd(6, '0') ?? '';
  return `${time.toISOString().slice(0, 19)}${Number(fraction) === 0 ? '' : `.${fraction}`}+00:00`;
}
