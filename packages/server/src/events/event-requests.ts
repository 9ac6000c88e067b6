import { SerializationException, ValidationException } from '@proscenium/model';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { PageRequest } from '../pagination/read-page.ts';
import { type EventFilter, PatternError, readPattern } from './event-pattern.ts';

const MAXIMUM_PAGE = 100;
/** As long as a pattern of Amazon EventBridge may be. */
const MAXIMUM_PATTERN_LENGTH = 2_048;

const replayOrder = Type.Object(
  {
    target: Type.Optional(Type.String()),
    eventIds: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: MAXIMUM_PAGE })),
  },
  { additionalProperties: false },
);

/** Which dead letters to replay: of one target or of all, of some events or of all. */
export type ReplayOrder = Static<typeof replayOrder>;

/** @throws {SerializationException | ValidationException} */
export function readReplayOrder(body: Buffer): ReplayOrder {
  const order =
    body.length === 0 ? {} : parseJson(body.toString(), new SerializationException('The body must be JSON'));
  if (!Value.Check(replayOrder, order)) {
    throw new ValidationException(`The body may have target, and eventIds with 1 to ${MAXIMUM_PAGE} texts`);
  }
  return order;
}

/** @throws ValidationException */
export function readListQuery(query: string): PageRequest & { target?: string } {
  const parameters = readParameters(query, ['target', 'maxResults', 'nextToken']);
  const { target, nextToken, maxResults } = parameters;
  if (maxResults !== undefined && !(/^\d{1,3}$/.test(maxResults) && +maxResults >= 1 && +maxResults <= MAXIMUM_PAGE)) {
    throw new ValidationException(`maxResults must be a number from 1 to ${MAXIMUM_PAGE}`);
  }
  return {
    ...(target !== undefined && { target }),
    ...(nextToken !== undefined && { nextToken }),
    ...(maxResults !== undefined && { maxResults: Number(maxResults) }),
  };
}

/** Which events to show; without a pattern all of them. @throws ValidationException */
export function readStreamQuery(query: string): EventFilter {
  const { pattern } = readParameters(query, ['pattern']);
  if (pattern === undefined) return () => true;
  if (pattern.length > MAXIMUM_PATTERN_LENGTH) {
    throw new ValidationException(`pattern must have at most ${MAXIMUM_PATTERN_LENGTH} characters`);
  }
  const parsed = parseJson(pattern, new ValidationException('pattern must be JSON'));
  try {
    return readPattern(parsed);
  } catch (error) {
    if (error instanceof PatternError) throw new ValidationException(`pattern: ${error.message}`);
    throw error;
  }
}

/** Those of a presigned request are the signature's own. */
function readParameters<Name extends string>(query: string, names: readonly Name[]): Partial<Record<Name, string>> {
  const parameters = [...new URLSearchParams(query)].filter(([name]) => !name.startsWith('X-Amz-'));
  const unknown = parameters.find(([name]) => !names.includes(name as Name));
  if (unknown) throw new ValidationException(`There is no parameter of this name; there are: ${names.join(', ')}`);
  return Object.fromEntries(parameters) as Partial<Record<Name, string>>;
}

function parseJson(text: string, refusal: Error): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal;
  }
}
