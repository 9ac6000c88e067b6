import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  formatArn,
  type ModelledErrorName,
  type Operation,
  operations,
  type ResourceType,
  type Scope,
  ServiceError,
} from '@proscenium/model';
import { type Body, type ControlPlane, openControlPlane, scope } from './control-plane.fixture.ts';
import { handledOperations } from './operations.ts';
import { namedResources, requestTo } from './requests.fixture.ts';
import { createScopeResources, type ScopeResources } from './scope-resources.fixture.ts';

type HandledOperation = (typeof handledOperations)[number];

/** What a caller gets to see of a call. */
async function outcomeOf({ call }: ControlPlane, name: HandledOperation, request: object, caller: Scope) {
  try {
    const { errors, ...answer } = { ...(await call(name, request, caller)) };
    // What was asked for is told again, whatever it is.
    return { answer: { ...answer, ...(errors && { errors: errors.map(({ arn: _, ...error }: Body) => error) }) } };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { error: error.name, message: error.message };
  }
}

/** All that an account sees of its own in a region. */
async function view(plane: ControlPlane, resources: ScopeResources) {
  const seen: Record<string, unknown> = {};
  for (const name of handledOperations.filter((each) => /^(Get|List)/.test(each))) {
    seen[name] = await outcomeOf(plane, name, requestTo(name, resources), resources.scope);
  }
  return seen;
}

/** An ARN with which nothing can be wrong but that there is no such thing. */
function missingArn({ account, region }: Scope, resourceType: ResourceType): string {
  return formatArn({ account, region, resourceType, id: 'nothingThere' });
}

/** A rule between their members comes first: both stages must be of one account and region. */
const comparesStages: readonly HandledOperation[] = ['StartParticipantReplication'];

function expectedError(name: HandledOperation): ModelledErrorName {
  const { errors }: Operation = operations[name];
  const hasNotFound = errors.includes('ResourceNotFoundException') && !comparesStages.includes(name);
  return hasNotFound ? 'ResourceNotFoundException' : 'ValidationException';
}

const strangers: Record<string, (index: number) => Scope> = {
  'another account': (index) => ({ ...scope, account: String(200_000_000_000 + index) }),
  'the same account in another region': (index) => ({ ...scope, region: `eu-west-${index}` }),
};

for (const [who, stranger] of Object.entries(strangers)) {
  describe(`To ${who}`, () => {
    test('what belongs to somebody else is the same as what does not exist, whatever it asks', async (t) => {
      const plane = await openControlPlane(t);
      const owner = await createScopeResources(plane, scope);
      const before = await view(plane, owner);
      const callers = await Promise.all(
        handledOperations.map((_, index) => createScopeResources(plane, stranger(index))),
      );
      let compared = 0;
      for (const [index, name] of handledOperations.entries()) {
        const caller = callers[index] as ScopeResources;
        for (const { place, type } of namedResources(name, caller)) {
          const where = `${name} with a ${type} at ${place.join('.')}`;
          const outcomes = [];
          for (const value of [owner.arns.get(type), missingArn(scope, type), caller.arns.get(type)]) {
            assert.ok(value);
            outcomes.push(await outcomeOf(plane, name, requestTo(name, caller, { place, value }), caller.scope));
          }
          const [foreign, missing, own] = outcomes;
          assert.deepEqual(foreign, missing, where);
          assert.notDeepEqual(foreign, own, `${where}: the caller's own is treated the same`);
          if (foreign && 'error' in foreign) assert.equal(foreign.error, expectedError(name), where);
          else assert.deepEqual(itemsOf(name, foreign?.answer), [], where);
          compared += 1;
        }
      }
      t.diagnostic(`${compared} places in requests to ${handledOperations.length} operations`);
      assert.deepEqual(await view(plane, owner), before);
    });

    test('lists have nothing of somebody else', async (t) => {
      const plane = await openControlPlane(t);
      await createScopeResources(plane, scope);
      const lists = handledOperations.filter((name) => {
        const { pagination, request }: Operation = operations[name];
        return pagination !== undefined && request.required === undefined;
      });
      assert.ok(lists.length > 0);
      for (const name of lists) assert.deepEqual(itemsOf(name, await plane.call(name, {}, stranger(0))), [], name);
    });
  });
}

const itemsOfBatches: Partial<Record<HandledOperation, string>> = {
  BatchGetChannel: 'channels',
  BatchGetStreamKey: 'streamKeys',
};

/** Undefined for an answer that is no list. */
function itemsOf(name: HandledOperation, answer: unknown): unknown {
  const { pagination }: Operation = operations[name];
  const items = pagination?.items ?? itemsOfBatches[name];
  return items && Reflect.get(answer as object, items);
}

test('there is a resource of every kind to be isolated', async (t) => {
  const plane = await openControlPlane(t);
  const { arns } = await createScopeResources(plane, scope);
  const kinds = handledOperations.flatMap(
    (name) => /^(?:Create|Import|Start)(.+?)(?:Token|Replication)?$/.exec(name)?.[1] ?? [],
  );
  const made = [...arns.keys()].map((type) => type.replace(/(?:^|-)(.)/g, (_, letter) => letter.toUpperCase()));
  assert.deepEqual(kinds.filter((kind) => kind !== 'Participant').sort(), made.sort());
});
