/**
 * The types of every operation are those of the official JavaScript SDKs. That much is checked by the compiler; the tests
 * at the end compare what is only there at run time.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lowLatencySdk from '@aws-sdk/client-ivs';
import * as realTimeSdk from '@aws-sdk/client-ivs-realtime';
import {
  type OperationName,
  operationNames,
  operations,
  type RequestOf,
  type ResponseOf,
  unservedOperations,
} from './index.ts';
import type { headerMembers } from './shapes/headers.ts';

/** The operations of tags are the same in both. */
const sdk = { ...lowLatencySdk, ...realTimeSdk };
type Sdk = Omit<typeof lowLatencySdk, keyof typeof realTimeSdk> & typeof realTimeSdk;
type SdkOperationName = { [Key in keyof Sdk]: Key extends `${infer Name}Command` ? Name : never }[keyof Sdk];

/** Documented by the service, but not yet in the SDK that we compare with. */
const notYetInTheSdk = ['RevokeConnectionToken'] as const satisfies OperationName[];

/** Here the model of the AWS command line has the header members and that of the SDK may lack them. */
const headersNotInTheSdk = [
  'CreateIngestConfiguration',
  'UpdateIngestConfiguration',
  'BatchGetChannel',
  'BatchGetStreamKey',
] as const satisfies OperationName[];

type SdkCommand<Name extends SdkOperationName> = InstanceType<Sdk[`${Name}Command`]>;
type SdkInput<Name extends SdkOperationName> = SdkCommand<Name>['input'];
type SdkOutput<Name extends SdkOperationName> = Awaited<
  ReturnType<ReturnType<SdkCommand<Name>['resolveMiddleware']>>
>['output'];

/**
 * The SDK types required members as `X | undefined`, which says nothing of the wire; and a structure without members is
 * `{}` there and `object` here.
 */
type Defined<Type> = Type extends Date
  ? Date
  : Type extends (infer Item)[]
    ? Defined<Item>[]
    : Type extends object
      ? keyof Type extends never
        ? object
        : { [Key in keyof Type]: Defined<Exclude<Type[Key], undefined>> }
      : Type;

/** Identity, not mutual assignability: tells an optional member from a required one and `any` from everything. */
type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;

type Compared = OperationName & SdkOperationName;

type DifferentRequest = {
  [Name in Compared]: Same<Defined<RequestOf<Name>>, Defined<SdkInput<Name>>> extends true ? never : Name;
}[Compared];

type SdkResponse<Name extends SdkOperationName> = Defined<Omit<SdkOutput<Name>, '$metadata'>>;
type WithoutHeaders<Name extends OperationName> = Name extends (typeof headersNotInTheSdk)[number]
  ? Omit<ResponseOf<Name>, keyof typeof headerMembers>
  : ResponseOf<Name>;
type DifferentResponse = {
  [Name in Compared]: true extends
    | Same<Defined<ResponseOf<Name>>, SdkResponse<Name>>
    | Same<Defined<WithoutHeaders<Name>>, SdkResponse<Name>>
    ? never
    : Name;
}[Compared];

type Uncompared = Exclude<OperationName, SdkOperationName | (typeof notYetInTheSdk)[number]>;

// Each line fails to compile with the names of the operations that differ.
[] as DifferentRequest[] satisfies never[];
[] as DifferentResponse[] satisfies never[];
[] as Uncompared[] satisfies never[];

// The comparison can tell apart what assignability cannot.
type Anything = ReturnType<typeof JSON.parse>;
true satisfies Same<Defined<{ a: string | undefined; b?: Date }>, { a: string; b?: Date }>;
false satisfies Same<{ a?: string }, { a: string }>;
false satisfies Same<{ a: Anything }, { a: string }>;
false satisfies Same<Defined<{ list: { a: Anything }[] }>, { list: { a: string }[] }>;
false satisfies Same<{ a: 'ONE' | 'TWO' }, { a: string }>;

const sdkOperationNames = Object.keys(sdk).flatMap((key) => /^(\w+)Command$/.exec(key)?.[1] ?? []);

test('the SDK knows every operation of the model, apart from those listed as newer', (t) => {
  const unknownToSdk = operationNames.filter((name) => !sdkOperationNames.includes(name));
  const unknownToModel = sdkOperationNames.filter((name) => !Object.hasOwn(operations, name));
  t.diagnostic(
    `in the model only: ${unknownToSdk.join(', ') || 'none'}; in the SDK only: ${unknownToModel.join(', ') || 'none'}`,
  );

  assert.deepEqual(unknownToModel.sort(), [...unservedOperations].sort());
  const newer: readonly string[] = notYetInTheSdk;
  assert.deepEqual(
    unknownToSdk.filter((name) => !newer.includes(name)),
    [],
  );
});

test('every operation has the method and the path that the SDK calls', () => {
  const compared = operationNames.filter((name) => sdkOperationNames.includes(name));
  assert.ok(compared.length > 0);
  for (const name of compared) {
    const [, , , traits] = Reflect.get(sdk, `${name}$`) as unknown[];
    const { method, path, status } = operations[name];
    assert.deepEqual(traits, { http: [method, path, status] }, name);
  }
});
