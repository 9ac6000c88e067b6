import { generateKeyPairSync } from 'node:crypto';
import {
  type OperationName,
  operations,
  PaginationToken,
  PublicKeyMaterial,
  type Shape,
  type StringShape,
  type StructureShape,
} from '@proscenium/model';
import fc from 'fast-check';
import { valid } from '../../packages/model/src/arbitrary-shape.ts';
import type { KnownParticipant, KnownResources, Later } from './known-resources.ts';

const account = '123456789012';
const region = 'us-west-2';

const pick = fc.nat({ max: 1_000 });
const later = (choose: (known: KnownResources, pick: number) => unknown): fc.Arbitrary<Later> =>
  pick.map((picked) => (known) => choose(known, picked));

/**
 * Requests that satisfy every constraint of the operation's shape. What they name mostly exists; some of it never did,
 * or is another account's or region's. Some values are `Later`.
 */
export function validRequest(operation: OperationName): fc.Arbitrary<Record<string, unknown>> {
  const shape: StructureShape = operations[operation].request;
  const plain = valid(shape, (each) => instead(operation, each)) as fc.Arbitrary<Record<string, unknown>>;
  const modest = plain.map((request) => onlyRequired(shape, request));
  return fc.oneof(
    plain,
    modest,
    { weight: 3, arbitrary: aboutAParticipant(shape, fc.oneof(plain, modest)) },
    { weight: 3, arbitrary: likelier(operation, modest) },
  );
}

function onlyRequired({ required = [] }: StructureShape, request: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(required.map((name) => [name, request[name]]));
}

function instead(operation: OperationName, shape: Shape): fc.Arbitrary<unknown> | undefined {
  if (shape === PaginationToken) return pageToken(operation);
  if (shape === PublicKeyMaterial) return publicKey;
  // In a query, an empty list is none.
  if (shape.location === 'query' && shape['~kind'] === 'Array') {
    return fc.array(valid(shape.items), { minLength: 1, maxLength: 5 });
  }
  return shape['~kind'] === 'String' ? arn(shape) : undefined;
}

function missingArn(resourceType: string): string {
  return `arn:aws:ivs:${region}:${account}:${resourceType}/NothingHere0`;
}

function arn(shape: StringShape): fc.Arbitrary<unknown> | undefined {
  const resourceType = /:\[0-9\]\+:([a-z-]+|\[a-z-\]\+)\//.exec(shape.pattern ?? '')?.[1];
  if (resourceType === undefined) return undefined;
  const type = resourceType.startsWith('[') ? undefined : resourceType;
  const of = (where: string, id: string) => `arn:aws:ivs:${where}:${type ?? 'stage'}/${id}`;
  const missing = missingArn(type ?? 'stage');
  return fc.oneof(
    { weight: 12, arbitrary: later((known, picked) => known.arn(type, picked) ?? missing) },
    // What a stage refers to cannot be deleted.
    ...(new RegExp(shape.pattern ?? '').test('') ? [{ weight: 24, arbitrary: fc.constant('') }] : []),
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        missing,
        of(`${region}:111122223333`, 'SomebodyElse'),
        of(`eu-west-1:${account}`, 'ElsewhereAll'),
        of(`${region}:1`, '-'),
        of(`${region}:${account}`, 'a'.repeat(128 - of(`${region}:${account}`, '').length)),
      ),
    },
    { weight: 1, arbitrary: valid(shape) },
  );
}

/** Mostly tokens that the server gave out for this very list; and others, and such with one character changed. */
function pageToken(operation: OperationName): fc.Arbitrary<unknown> {
  const given = later((known, picked) => known.pageToken(operation, picked) ?? '');
  const changed = fc.tuple(given, pick).map(([token, at]) => (known: KnownResources) => {
    const text = String(token(known));
    const index = at % Math.max(1, text.length);
    return text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1);
  });
  return fc.oneof(
    { weight: 4, arbitrary: given },
    { weight: 2, arbitrary: changed },
    { weight: 1, arbitrary: later((known, picked) => known.pageToken('ListStages', picked) ?? '') },
    { weight: 1, arbitrary: valid(PaginationToken) },
  );
}

/** A key of each kind that a PEM text of this form may hold; one that can sign tokens (P-384) more often than others. */
const keys = [
  ...Array.from({ length: 6 }, () => generateKeyPairSync('ec', { namedCurve: 'P-384' })),
  generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  generateKeyPairSync('ed25519'),
].map(({ publicKey: key }) => key.export({ type: 'spki', format: 'pem' }).toString());
const publicKey = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...keys) }, valid(PublicKeyMaterial));

/** The same request about a participant that there is, where it names one or the session of one. */
function aboutAParticipant(
  { properties }: StructureShape,
  plain: fc.Arbitrary<Record<string, unknown>>,
): fc.Arbitrary<Record<string, unknown>> {
  if (!('stageArn' in properties)) return plain;
  const named = (['stageArn', 'sessionId', 'participantId'] as const).filter((name) => name in properties);
  return fc.tuple(plain, pick).map(([request, picked]) => {
    const member = (name: keyof KnownParticipant) => (known: KnownResources) => known.participant(picked)[name];
    return { ...request, ...Object.fromEntries(named.map((name) => [name, member(name)])) };
  });
}

/** Values for members whose rules a shape cannot tell, so that random values seldom keep them. */
const likely: { [Name in OperationName]?: Record<string, fc.Arbitrary<unknown>> } = {
  CreateEncoderConfiguration: {
    video: fc.record({ width: even(2, 1_280), height: even(2, 720) }, { requiredKeys: [] }),
  },
  CreateIngestConfiguration: {
    ingestProtocol: fc.constantFrom('RTMPS', 'rtmps'),
    stageArn: later((known, picked) => known.arn('stage', picked) ?? ''),
  },
  StartComposition: {
    stageArn: later((known, picked) => known.participant(picked).stageArn),
    layout: fc.constantFrom({}, { grid: {} }, { pip: {} }),
    idempotencyToken: fc.stringMatching(/^[a-z]{1,2}$/),
    destinations: fc.oneof(
      fc.constant([{ channel: { channelArn: missingArn('channel') } }]),
      later((known, picked) => {
        const arn = (type: string) => known.arn(type, picked) ?? missingArn(type);
        const encoderConfigurationArns = [arn('encoder-configuration')];
        return [{ s3: { storageConfigurationArn: arn('storage-configuration'), encoderConfigurationArns } }];
      }),
    ),
  },
};

function likelier(
  operation: OperationName,
  plain: fc.Arbitrary<Record<string, unknown>>,
): fc.Arbitrary<Record<string, unknown>> {
  const members = likely[operation];
  if (members === undefined) return plain;
  return fc.tuple(plain, fc.record(members)).map(([request, better]) => ({ ...request, ...better }));
}

function even(minimum: number, maximum: number): fc.Arbitrary<number> {
  return fc.integer({ min: minimum / 2, max: maximum / 2 }).map((half) => half * 2);
}
