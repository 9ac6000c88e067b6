import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Body, openControlPlane } from '../control-plane.fixture.ts';

type Step = { create: number; remove: number; maxResults: number };

const steps = fc.array(
  fc.record({
    create: fc.integer({ min: 0, max: 3 }),
    remove: fc.integer({ min: 0, max: 1_000 }),
    maxResults: fc.integer({ min: 1, max: 4 }),
  }) satisfies fc.Arbitrary<Step>,
  { minLength: 1, maxLength: 12 },
);

test('what is there throughout a listing comes up exactly once, while others come and go', async (t) => {
  const plane = await openControlPlane(t, { stages: 100_000 });
  const create = async (): Promise<string> => (await plane.call('CreateStage')).stage.arn;
  const remove = (arn: string) => plane.call('DeleteStage', { arn });

  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 12 }), steps, async (count, plan) => {
      const before = [];
      for (let stage = 0; stage < count; stage += 1) before.push(await create());
      const present = new Set(before);
      const removed = new Set<string>();
      const created: string[] = [];
      const listed: string[] = [];

      let nextToken: string | undefined = '';
      for (let page = 0; nextToken !== undefined; page += 1) {
        const { create: creations, remove: victim, maxResults } = plan[page % plan.length] as Step;
        const answer: Body = await plane.call('ListStages', { nextToken, maxResults });
        assert.ok(answer.stages.length <= maxResults);
        listed.push(...answer.stages.map(({ arn }: { arn: string }) => arn));
        nextToken = answer.nextToken;

        for (let stage = 0; stage < creations; stage += 1) created.push(await create());
        const arn = [...present][victim % (present.size + 1)];
        if (arn !== undefined) {
          await remove(arn);
          present.delete(arn);
          removed.add(arn);
        }
      }

      assert.equal(new Set(listed).size, listed.length, 'nothing comes up twice');
      for (const arn of present) assert.ok(listed.includes(arn), 'nothing is left out');
      for (const arn of listed) assert.ok(present.has(arn) || removed.has(arn), 'nothing comes up that came later');
      const newestFirst = before.toReversed().filter((arn) => listed.includes(arn));
      assert.deepEqual(listed, newestFirst);
      await Promise.all([...present, ...created].map(remove));
    }),
    { numRuns: 20 },
  );
});

test('the last page has no token, even when it is full', async (t) => {
  const { call } = await openControlPlane(t);
  for (let stage = 0; stage < 4; stage += 1) await call('CreateStage');
  const first = await call('ListStages', { maxResults: 2 });
  const second = await call('ListStages', { maxResults: 2, nextToken: first.nextToken });
  assert.equal(first.stages.length, 2);
  assert.equal(second.stages.length, 2);
  assert.equal('nextToken' in second, false);
});

test('an empty list has no token', async (t) => {
  const { call } = await openControlPlane(t);
  assert.deepEqual(await call('ListStages'), { stages: [] });
});

test('a page has 50 items when nothing is said, and at most 100', async (t) => {
  const { call } = await openControlPlane(t);
  await Promise.all(Array.from({ length: 103 }, () => call('CreateStage')));
  assert.equal((await call('ListStages')).stages.length, 50);
  assert.equal((await call('ListStages', { maxResults: 100 })).stages.length, 100);
  await assert.rejects(call('ListStages', { maxResults: 101 }), { name: 'ValidationException' });
});

test('a page token of somebody else or of another list is a validation error', async (t) => {
  const { call } = await openControlPlane(t);
  for (let stage = 0; stage < 2; stage += 1) await call('CreateStage');
  const { nextToken } = await call('ListStages', { maxResults: 1 });
  const invalid = { name: 'ValidationException' };
  await assert.rejects(call('ListStages', { nextToken }, { account: '123456789012', region: 'eu-west-1' }), invalid);
  await assert.rejects(call('ListStages', { nextToken }, { account: '210987654321', region: 'us-west-2' }), invalid);
  await assert.rejects(call('ListStorageConfigurations', { nextToken }), invalid);
  await assert.rejects(call('ListStages', { nextToken: 'abcd' }), invalid);
  assert.equal((await call('ListStages', { nextToken })).stages.length, 1);
});
