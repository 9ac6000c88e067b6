import {
  MalformedHttpRequestException,
  operations,
  SerializationException,
  type Shape,
  type StructureShape,
  UnsupportedMediaTypeException,
} from '@proscenium/model';
import { parseQuery } from '../identity/canonical-request.ts';
import type { Route } from './route.ts';

/** What a request carries, still raw. */
export type RawInput = { query: string; contentType: string | undefined; body: Buffer };

type Members = Record<string, unknown>;

/**
 * Collects the members of a request by name from body, path and query, each from the one place where it travels.
 * Their values are not looked at yet.
 *
 * @throws UnsupportedMediaTypeException
 * @throws SerializationException when the body is not one JSON object in UTF-8
 * @throws MalformedHttpRequestException when path or query do not decode to UTF-8
 */
export function readInput(route: Route, { query, contentType, body }: RawInput): Members {
  const shape: StructureShape = operations[route.operation].request;
  const members = Object.entries(shape.properties);
  const hasBody = members.some(([, { location }]) => location === undefined);
  return {
    ...(hasBody ? readJson(contentType, body) : {}),
    ...Object.fromEntries(
      members
        .filter(([, { location }]) => location !== undefined)
        .map(([name, member]) => [name, readLocated(name, member, route, query)]),
    ),
  };
}

function readLocated(name: string, shape: Shape, { label }: Route, query: string): unknown {
  if (shape.location === 'path') return label?.member === name ? decode(label.encoded) : undefined;
  const values = parseQuery(query)
    .filter(([parameter]) => parameter === name)
    .map(([, value]) => decode(value));
  if (values.length === 0) return undefined;
  return shape['~kind'] === 'Array' ? values : values.at(-1);
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    const error = new MalformedHttpRequestException('The URL is not percent-encoded UTF-8');
    error.cause = cause;
    throw error;
  }
}

function readJson(contentType: string | undefined, body: Buffer): Members {
  if (contentType !== undefined && !/^application\/json[ \t]*(;|$)/i.test(contentType)) {
    throw new UnsupportedMediaTypeException();
  }
  if (body.length === 0) return {};
  const value = parseJson(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SerializationException('The request body must be a JSON object');
  }
  return value as Members;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    // The reason is left out: it may repeat a piece of the body, and bodies hold secrets.
    throw new SerializationException('The request body must be JSON in UTF-8');
  }
}
