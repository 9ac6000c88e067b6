import type { Operation, StructureShape } from '@proscenium/model';
import { CommandFailure } from '../failure.ts';
import { pythonText } from '../json/python-text.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { writeJson } from '../json/write-json.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The request of an operation as HTTP has it: members in the path, in the query and, as JSON, in the body. */
export function httpRequest({ method, path, request }: Operation, input: JsonObject, endpoint: URL): HttpRequest {
  const inPath = path.replace(/\{(\w+)\}/g, (_, name: string) => encode(pathValue(input, name)));
  const query = [...input].flatMap(([name, value]) =>
    locationOf(request, name) === 'query' ? queryParameters(name, value) : [],
  );
  const url = new URL(`${endpoint.href.replace(/\/$/, '')}${inPath}${query.length > 0 ? `?${query.join('&')}` : ''}`);
  const hasBody = Object.values(request.properties).some(({ location }) => location === undefined);
  const members = new Map([...input].filter(([name]) => locationOf(request, name) === undefined));
  const sendsJson = method === 'POST';
  return {
    method,
    url,
    headers: sendsJson ? { 'content-type': 'application/json' } : {},
    body: sendsJson && hasBody ? writeJson(members, { ascii: true }) : '',
  };
}

function locationOf({ properties }: StructureShape, name: string): string | undefined {
  return properties[name]?.location;
}

function pathValue(input: JsonObject, name: string): string {
  const value = input.get(name);
  if (typeof value === 'string' && value !== '') return value;
  // An empty one would be the path of another operation.
  throw new CommandFailure(
    'ParamValidation',
    `Parameter validation failed:\nInvalid length for parameter ${name}, value: 0, valid min length: 1`,
  );
}

function queryParameters(name: string, value: Json): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.map((each) => `${encode(name)}=${encode(pythonText(each))}`);
}

/** By RFC 3986: all but unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
