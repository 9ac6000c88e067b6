import {
  ConflictException,
  ResourceNotFoundException,
  SerializationException,
  type ServiceError,
  ValidationException,
} from '@proscenium/model';
import { type Static, type TProperties, Type } from 'typebox';
import { Value } from 'typebox/value';
import { PolicyError } from '../policy/policy.ts';
import { AdministrationError, type AdministrationFault } from './administration.ts';
import type { AccountAccess } from './open-administration.ts';

const text = (maxLength: number) => Type.String({ maxLength });
const userName = text(64);
const policyName = text(128);
const accessKeyId = text(128);
/** White space, which IAM does not count, included. */
const policyDocument = text(20_000);

/** Everything that can be done to users, keys and policies by signed calls, under the names that IAM has for it. */
const calls = {
  ListUsers: call({}, async ({ users }) => ({ users: await users.list() })),
  CreateUser: call(
    { userName, policyNames: Type.Optional(Type.Array(policyName, { maxItems: 10 })) },
    async ({ users }, given) => ({ user: await users.create(given.userName, given.policyNames) }),
  ),
  DeleteUser: call({ userName }, async ({ users }, given) => {
    await users.delete(given.userName);
    return {};
  }),
  AttachUserPolicy: call({ userName, policyName }, async ({ users }, given) => ({
    user: await users.attachPolicy(given.userName, given.policyName),
  })),
  DetachUserPolicy: call({ userName, policyName }, async ({ users }, given) => ({
    user: await users.detachPolicy(given.userName, given.policyName),
  })),
  CreateAccessKey: call({ userName }, async ({ keys }, given) => ({ accessKey: await keys.create(given.userName) })),
  RotateAccessKey: call({ accessKeyId }, async ({ keys }, given) => ({
    accessKey: await keys.rotate(given.accessKeyId),
  })),
  UpdateAccessKey: call({ accessKeyId, active: Type.Boolean() }, async ({ keys }, given) => ({
    accessKey: await keys.setActive(given.accessKeyId, given.active),
  })),
  DeleteAccessKey: call({ accessKeyId }, async ({ keys }, given) => {
    await keys.delete(given.accessKeyId);
    return {};
  }),
  ListPolicies: call({}, async ({ policies }) => ({ policies: await policies.list() })),
  PutPolicy: call({ policyName, policyDocument }, async ({ policies }, given) => ({
    policy: await policies.put(given.policyName, given.policyDocument),
  })),
  DeletePolicy: call({ policyName }, async ({ policies }, given) => {
    await policies.delete(given.policyName);
    return {};
  }),
  SimulateUserPolicy: call({ userName, action: text(128), resource: text(256) }, ({ simulation }, given) =>
    simulation.ask(given.userName, { action: given.action, resource: given.resource }),
  ),
};

export type AccessCallName = keyof typeof calls;

export const accessCallNames = Object.keys(calls) as readonly AccessCallName[];

/**
 * Makes one call.
 *
 * @param body JSON
 * @throws {SerializationException | ValidationException | ResourceNotFoundException | ConflictException}
 */
export async function makeAccessCall(name: AccessCallName, body: Buffer, access: AccountAccess): Promise<object> {
  try {
    return await calls[name](access, parseJson(body));
  } catch (error) {
    if (error instanceof AdministrationError) throw faults[error.fault](error.message);
    if (error instanceof PolicyError) throw new ValidationException(error.message);
    throw error;
  }
}

const faults: Readonly<Record<AdministrationFault, (message: string) => ServiceError>> = {
  missing: (message) => new ResourceNotFoundException(message),
  invalid: (message) => new ValidationException(message),
  conflict: (message) => new ConflictException(message),
};

function call<Members extends TProperties>(
  members: Members,
  work: (access: AccountAccess, given: Static<ReturnType<typeof Type.Object<Members>>>) => Promise<object>,
) {
  const shape = Type.Object(members, { additionalProperties: false });
  return (access: AccountAccess, given: unknown): Promise<object> => {
    if (Value.Check(shape, given)) return work(access, given);
    const names = Object.keys(members).join(', ') || 'nothing';
    const [first] = Value.Errors(shape, given);
    throw new ValidationException(`The body has ${names}: ${first?.instancePath ?? ''} ${first?.message ?? ''}`);
  };
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new SerializationException('The body must be JSON');
  }
}
