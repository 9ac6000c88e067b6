import { type OperationName, operations, type StructureShape } from '@proscenium/model';
import fc from 'fast-check';
import type { PlainRequest } from '../../packages/server/src/identity/signer.fixture.ts';
import { encode } from '../../packages/server/src/identity/signer.fixture.ts';

type Members = Record<string, unknown>;

/** Ways to write the same object down: all of them mean the same to a reader of JSON. */
const spellings = {
  plain: (members: Members) => JSON.stringify(members),
  spacious: (members: Members) => `\r\n\t ${JSON.stringify(members, null, 3)} \n`,
  escaped: (members: Members) => JSON.stringify(members).replace(/"(?:[^"\\]|\\.)*"/g, escapeAll),
  /** Of several members of one name the last counts. */
  doubled: (members: Members) => {
    const pairs = Object.entries(members).map(([name, value]) => [JSON.stringify(name), JSON.stringify(value)]);
    return `{${pairs.map(([name, value]) => `${name}:{"not":["this"]},${name}:${value}`).join(',')}}`;
  },
  /** Unknown members are ignored, however deep and whatever their name. */
  crowded: (members: Members) => {
    const unknown = `"unheard":${'[{"of":'.repeat(500)}0${'}]'.repeat(500)},"__proto__":{"arn":1},"constructor":null`;
    const rest = JSON.stringify(members).slice(1);
    return `{${unknown}${rest === '}' ? '' : ','}${rest}`;
  },
} as const;

export const spelling = fc.constantFrom(...(Object.keys(spellings) as (keyof typeof spellings)[]));
type Spelling = keyof typeof spellings;

const contentTypes = ['application/json', 'application/json; charset=utf-8', 'Application/JSON', undefined] as const;
export const contentType = fc.constantFrom(...contentTypes);

/** Members that are `null` are absent; those of lists and maps excepted, which may not be. */
export function withNulls(operation: OperationName, members: Members): Members {
  const { properties, required = [] }: StructureShape = operations[operation].request;
  const optional = Object.entries(properties).flatMap(([name, { location }]) =>
    location === undefined && !required.includes(name) ? [[name, null]] : [],
  );
  return { ...Object.fromEntries(optional), ...members };
}

/** Puts every member where it travels. */
export function encodeRequest(
  operation: OperationName,
  members: Members,
  how: { spelling: Spelling; contentType: string | undefined },
): PlainRequest {
  const { method, path, request } = operations[operation];
  const { properties }: StructureShape = request;
  const located = (location: string | undefined) =>
    Object.entries(members).filter(([name]) => properties[name]?.location === location);
  const [label] = located('path');
  const query = located('query').filter(([, value]) => (value as unknown[]).length > 0) as [string, string[]][];
  const hasBody = Object.values(properties).some(({ location }) => location === undefined);
  return {
    method,
    path: label === undefined ? path : path.replace(/\{.*\}/, () => encode(String(label[1]))),
    query: Object.fromEntries(query),
    headers: hasBody && how.contentType !== undefined ? { 'content-type': how.contentType } : {},
    body: hasBody ? spellings[how.spelling](Object.fromEntries(located(undefined))) : '',
  };
}

/** The same JSON string with every character as an escape. */
function escapeAll(literal: string): string {
  const text: string = JSON.parse(literal);
  return `"${Array.from({ length: text.length }, (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`).join('')}"`;
}
