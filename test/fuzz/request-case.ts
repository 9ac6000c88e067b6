import { type ErrorName, type OperationName, operations, type StructureShape } from '@proscenium/model';
import fc from 'fast-check';
import {
  type PlainRequest,
  presign,
  sign,
  type WireRequest,
} from '../../packages/server/src/identity/signer.fixture.ts';
import { testAccessKey } from '../support/server.ts';
import { contentType, encodeRequest, spelling, withNulls } from './encoding.ts';
import { faultyRequest } from './faulty-request.ts';
import { type KnownResources, settle } from './known-resources.ts';
import { validRequest } from './valid-request.ts';

/** One request, and what the server may answer. */
export type RequestCase = {
  kind: 'valid' | 'faulty' | 'unreadable' | 'misdirected' | 'badly signed';
  operation: OperationName;
  /** In words: what is wrong with it. */
  fault: string;
  /** The error that must be the answer, or those of which one must; undefined when the shape is right. */
  errors: readonly ErrorName[] | undefined;
  /** The member that the refusal must name. */
  member?: string;
  write: (known: KnownResources) => Promise<WireRequest>;
};

const key = { ...testAccessKey, account: '123456789012', userName: 'admin' };

/** A request of whatever kind to the operation; nine in ten are rightly signed. */
export function requestCase(operation: OperationName): fc.Arbitrary<RequestCase> {
  const hasBody = bodyMembers(operation).length > 0;
  return fc.oneof(
    { weight: 45, arbitrary: validCase(operation) },
    { weight: 30, arbitrary: faultyCase(operation) },
    { weight: hasBody ? 8 : 0, arbitrary: unreadableCase(operation) },
    { weight: 7, arbitrary: misdirectedCase(operation) },
    { weight: 10, arbitrary: badlySignedCase(operation) },
  );
}

const how = fc.record({ spelling, contentType });
const region = fc.oneof({ weight: 19, arbitrary: fc.constant('us-west-2') }, fc.constant('eu-west-1'));

function validCase(operation: OperationName): fc.Arbitrary<RequestCase> {
  return fc
    .record({
      request: validRequest(operation),
      how,
      region,
      signWith: fc.oneof({ weight: 9, arbitrary: fc.constant(sign) }, fc.constant(presign)),
      nulls: fc.boolean(),
    })
    .map((chosen) => ({
      kind: 'valid',
      operation,
      fault: 'none',
      errors: undefined,
      write: async (known) => {
        const members = settle(chosen.request, known);
        const plain = encodeRequest(operation, chosen.nulls ? withNulls(operation, members) : members, chosen.how);
        return chosen.signWith(plain, { key, region: chosen.region });
      },
    }));
}

function faultyCase(operation: OperationName): fc.Arbitrary<RequestCase> {
  return fc.tuple(faultyRequest(operation), how).map(([{ value, fault, member, error }, written]) => ({
    kind: 'faulty',
    operation,
    fault: `${member}: ${fault}`,
    errors: [error],
    member,
    write: async (known) => sign(encodeRequest(operation, settle(value, known), written), { key }),
  }));
}

const unreadableBodies: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  fc.constantFrom('null', '[]', '"text"', '17', 'true', ' ', '{', '{} {}', '{},', "{'name':'a'}", '{"name":"a",}'),
  fc.constantFrom('{"a":01}', '{"a":.5}', '{"a":NaN}', '{"a":"\t"}', '{"a":"\\x41"}', '{"a":"\\u12"}', '{a:1}', '\0'),
  fc.constantFrom(...['[', '{"a":', '[{"a":['].map((opening) => opening.repeat(50_000))),
  fc.constant(`${'['.repeat(20_000)}${']'.repeat(20_000)}`),
  fc
    .jsonValue()
    .filter((value) => typeof value !== 'object' || value === null || Array.isArray(value))
    .map((value) => JSON.stringify(value)),
  fc
    .string()
    .filter((text) => text !== '')
    .map((text) => `${text}{`),
  fc
    .constantFrom('c0af', 'ff', 'eda080', 'f8808080', 'e282')
    .map((hex) => Buffer.from(`7b2261223a22${hex}227d`, 'hex')),
  fc.constant(Buffer.from('{"name":"utf-16"}', 'utf16le')),
);

function unreadableCase(operation: OperationName): fc.Arbitrary<RequestCase> {
  return fc.tuple(unreadableBodies, how).map(([body, written]) => ({
    kind: 'unreadable',
    operation,
    fault: 'no JSON object',
    errors: ['SerializationException'],
    write: async () => sign({ ...encodeRequest(operation, { resourceArn }, written), body }, { key }),
  }));
}

const resourceArn = `arn:aws:ivs:us-west-2:${key.account}:stage/NothingHere0`;

const foreignTypes = [
  'text/plain',
  'application/x-amz-json-1.1',
  'application/jsonp',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'nonsense',
  '',
];
const tooLarge = 1_048_577;

/** Requests that go wrong by what is around the body. */
function misdirectedCase(operation: OperationName): fc.Arbitrary<RequestCase> {
  const { method, path } = operations[operation];
  const labelled = path.includes('{');
  const nowhere: fc.Arbitrary<[string, ErrorName, Partial<PlainRequest>]>[] = [
    fc
      .constantFrom('PUT', 'PATCH', ...(labelled ? [] : ['GET', 'DELETE']))
      .map((other) => ['another method', 'MissingAuthenticationTokenException', { method: other }]),
    fc
      .constantFrom(path.toLowerCase().replace('/tags/', '/TAGS/'), path.replace('/', '//'), `/x${path}`, `/.${path}`)
      .map((other) => ['another path', 'MissingAuthenticationTokenException', { path: other }]),
  ];
  const brokenLabel = fc
    .constantFrom('%', '%zz', '%ff', '%c0%80', '%ed%a0%80', 'arn%3', 'a%80')
    .map((label): [string, ErrorName, Partial<PlainRequest>] => [
      'no percent-encoded UTF-8',
      'MalformedHttpRequestException',
      { path: `/tags/${label}` },
    ]);
  const foreignType = fc
    .constantFrom(...foreignTypes)
    .map((type): [string, ErrorName, Partial<PlainRequest>] => [
      `content type '${type}'`,
      'UnsupportedMediaTypeException',
      { headers: { 'content-type': type } },
    ]);
  const huge = fc.constant<[string, ErrorName, Partial<PlainRequest>]>([
    'too large',
    'RequestEntityTooLargeException',
    { body: '{}'.padEnd(tooLarge) },
  ]);
  const hasBody = bodyMembers(operation).length > 0;
  return fc
    .oneof(
      ...nowhere,
      ...(labelled ? [brokenLabel] : []),
      ...(hasBody ? [{ weight: 2, arbitrary: foreignType }] : []),
      ...(method === 'POST' ? [huge] : []),
    )
    .map(([fault, error, changed]) => ({
      kind: 'misdirected',
      operation,
      fault,
      errors: [error],
      write: async () => {
        const plain = encodeRequest(operation, { resourceArn }, { spelling: 'plain', contentType: 'application/json' });
        return sign({ ...plain, ...changed }, { key });
      },
    }));
}

const minutes = (count: number) => new Date(Date.now() + count * 60_000);
const authorization = (edit: (text: string) => string) => async (plain: PlainRequest) => {
  const signed = await sign(plain, { key });
  return { ...signed, headers: { ...signed.headers, authorization: edit(signed.headers.authorization ?? '') } };
};

/** Ways to sign wrongly. */
const badSignatures: Record<string, [ErrorName[], (plain: PlainRequest, pick: number) => Promise<WireRequest>]> = {
  'no signature': [
    ['MissingAuthenticationTokenException'],
    async (plain) => {
      const { headers, ...signed } = await sign(plain, { key });
      const { authorization: _, ...others } = headers;
      return { ...signed, headers: others };
    },
  ],
  'a wrong secret': [
    ['InvalidSignatureException'],
    (plain) => sign(plain, { key: { ...key, secretAccessKey: 'something-else' } }),
  ],
  'an unknown key': [
    ['UnrecognizedClientException'],
    (plain) => sign(plain, { key: { ...key, accessKeyId: 'PRSCSTRANGERSTRANGER' } }),
  ],
  'an unknown region': [['InvalidSignatureException'], (plain) => sign(plain, { key, region: 'mars-north-1' })],
  'another service': [['InvalidSignatureException'], (plain) => sign(plain, { key, service: 'ivsrealtime' })],
  'a date gone by': [['InvalidSignatureException'], (plain) => sign(plain, { key, signingDate: minutes(-6) })],
  'a date to come': [['InvalidSignatureException'], (plain) => sign(plain, { key, signingDate: minutes(6) })],
  'an expired query': [
    ['InvalidSignatureException'],
    (plain) => presign(plain, { key, signingDate: minutes(-2), expiresIn: 60 }),
  ],
  'another body': [
    ['InvalidSignatureException'],
    async (plain) => {
      const signed = await sign(plain, { key });
      return { ...signed, body: Buffer.concat([signed.body, Buffer.from(' ')]) };
    },
  ],
  'another query': [
    ['InvalidSignatureException'],
    async (plain) => {
      const signed = await sign(plain, { key });
      return { ...signed, url: `${signed.url}${signed.url.includes('?') ? '&' : '?'}extra` };
    },
  ],
  'half a header': [
    ['IncompleteSignatureException', 'InvalidSignatureException', 'UnrecognizedClientException'],
    (plain, pick) => authorization((text) => text.slice(0, 1 + (pick % (text.length - 1))))(plain),
  ],
  'another header': [
    ['IncompleteSignatureException', 'InvalidSignatureException', 'UnrecognizedClientException'],
    (plain, pick) =>
      authorization((text) => {
        const at = pick % text.length;
        return `${text.slice(0, at)}${text[at] === '~' ? '^' : '~'}${text.slice(at + 1)}`;
      })(plain),
  ],
  'a header of another scheme': [
    ['IncompleteSignatureException'],
    authorization(() => 'Bearer eyJhbGciOiJub25lIn0.e30.'),
  ],
};

function badlySignedCase(operation: OperationName): fc.Arbitrary<RequestCase> {
  return fc
    .tuple(validRequest(operation), how, fc.constantFrom(...Object.entries(badSignatures)), fc.nat({ max: 1_000 }))
    .map(([request, written, [fault, [errors, write]], pick]) => ({
      kind: 'badly signed',
      operation,
      fault,
      errors,
      write: async (known) => write(encodeRequest(operation, settle(request, known), written), pick),
    }));
}

function bodyMembers(operation: OperationName): string[] {
  const { properties }: StructureShape = operations[operation].request;
  return Object.keys(properties).filter((name) => properties[name]?.location === undefined);
}
