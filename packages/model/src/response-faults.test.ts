import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { valid } from './arbitrary-shape.ts';
import { operationNames, operations, type ResponseOf } from './operations.ts';
import { writeResponse } from './response.ts';
import { responseFaults } from './response-faults.ts';

const arn = 'arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh';

test('whatever is written of a valid response has no faults', () => {
  for (const name of operationNames) {
    fc.assert(
      fc.property(valid(operations[name].response), (response) => {
        const { body } = writeResponse(name, response as ResponseOf<typeof name>);
        assert.deepEqual(responseFaults(name, body && JSON.parse(body)), []);
      }),
      { numRuns: 10 },
    );
  }
});

test('every fault is told with its place', () => {
  const stage = { name: 'a b', activeSessionId: null, tags: { team: 1 }, endpoints: [], account: '1' };
  assert.deepEqual(responseFaults('GetStage', { stage }), [
    'body.stage.arn is missing',
    'body.stage.name: Member must satisfy regular expression pattern: [a-zA-Z0-9-_]*',
    'body.stage.activeSessionId has the wrong type',
    'body.stage.tags.team has the wrong type',
    'body.stage.endpoints has the wrong type',
    'body.stage.account is no member of the body',
  ]);
  assert.deepEqual(responseFaults('ListStages', { stages: [{ arn }, {}, null] }), [
    'body.stages.1.arn is missing',
    'body.stages.2 has the wrong type',
  ]);
  const startTime = '2026-11-01T06:25:37+00:00';
  assert.deepEqual(responseFaults('GetStageSession', { stageSession: { startTime } }), [
    'body.stageSession.startTime has the wrong type',
  ]);
});

test('a body is there exactly when the operation has members for it', () => {
  assert.deepEqual(responseFaults('GetStage', undefined), ['body has the wrong type']);
  assert.deepEqual(responseFaults('DeleteStage', undefined), []);
  assert.deepEqual(responseFaults('DeleteStage', {}), ['There should be no body']);
  assert.deepEqual(responseFaults('CreateIngestConfiguration', { cacheControl: 'no-store' }), [
    'body.cacheControl is no member of the body',
  ]);
});

test('a text may be empty where it need not be, and nowhere else', () => {
  assert.deepEqual(responseFaults('GetStage', { stage: { arn, activeSessionId: '' } }), []);
  assert.equal(responseFaults('GetStage', { stage: { arn: '' } }).length, 2);
});
