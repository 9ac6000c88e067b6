import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { valid } from './arbitrary-shape.ts';
import { operationNames, operations, type ResponseOf } from './operations.ts';
import { writeResponse } from './response.ts';

const arn = 'arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh';

test('an operation without response members has no body', () => {
  assert.deepEqual(writeResponse('DeleteStage', {}), { status: 200, body: undefined, headers: {} });
});

test('an operation with response members always has one', () => {
  assert.deepEqual(writeResponse('GetStage', {}), { status: 200, body: '{}', headers: {} });
});

test('deleting in the low-latency API is answered with the status 204', () => {
  assert.deepEqual(writeResponse('DeleteChannel', {}), { status: 204, body: undefined, headers: {} });
});

test('dates are ISO 8601 in UTC, with milliseconds only when there are any', () => {
  const stageSession = {
    startTime: new Date(Date.UTC(2026, 10, 1, 6, 25, 37, 602)),
    endTime: new Date(Date.UTC(2026, 10, 1, 7, 0, 0)),
  };
  assert.equal(
    writeResponse('GetStageSession', { stageSession }).body,
    '{"stageSession":{"startTime":"2026-11-01T06:25:37.602Z","endTime":"2026-11-01T07:00:00Z"}}',
  );
});

test('an invalid date and a number that JSON lacks are faults of the program', () => {
  const invalid = new Date(Number.NaN);
  assert.throws(() => writeResponse('GetStageSession', { stageSession: { startTime: invalid } }), RangeError);
  const encoderConfiguration = { arn, video: { framerate: Number.NaN } };
  assert.throws(() => writeResponse('GetEncoderConfiguration', { encoderConfiguration }), RangeError);
});

test('whole frame rates have no decimals, fractions keep theirs', () => {
  const written = (framerate: number) =>
    writeResponse('GetEncoderConfiguration', { encoderConfiguration: { arn, video: { framerate } } }).body;
  assert.match(written(30.0) ?? '', /"framerate":30\}/);
  assert.match(written(29.97) ?? '', /"framerate":29\.97\}/);
});

test('header members become headers and nothing else', () => {
  const response = { accessControlAllowOrigin: '*', xFrameOptions: 'DENY' };
  assert.deepEqual(writeResponse('StartParticipantReplication', response), {
    status: 200,
    body: undefined,
    headers: { 'Access-Control-Allow-Origin': '*', 'X-Frame-Options': 'DENY' },
  });
});

test('headers and body go their ways together', () => {
  assert.deepEqual(writeResponse('CreateIngestConfiguration', { cacheControl: 'no-store' }), {
    status: 200,
    body: '{}',
    headers: { 'Cache-Control': 'no-store' },
  });
});

test('what the model does not know stays inside', () => {
  const stage = { arn, account: '123456789012', endpoints: { events: 'wss://e', internal: 'http://i' } };
  assert.equal(
    writeResponse('GetStage', { stage }).body,
    JSON.stringify({ stage: { arn, endpoints: { events: 'wss://e' } } }),
  );
});

test('empty strings, empty maps, false and zero are values', () => {
  const stage = {
    arn,
    name: '',
    activeSessionId: '',
    tags: {},
    autoParticipantRecordingConfiguration: {
      storageConfigurationArn: '',
      recordParticipantReplicas: false,
      recordingReconnectWindowSeconds: 0,
    },
  };
  assert.deepEqual(JSON.parse(writeResponse('GetStage', { stage }).body ?? ''), { stage });
});

test('a key like __proto__ is a tag like any other', () => {
  const tags = JSON.parse('{"__proto__":"a","constructor":"b"}');
  assert.equal(writeResponse('ListTagsForResource', { tags }).body, '{"tags":{"__proto__":"a","constructor":"b"}}');
});

for (const name of operationNames) {
  test(`a ${name} response never carries null and loses nothing else`, () => {
    const holes = fc.array(fc.constantFrom(null, undefined), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(valid(operations[name].response), holes, (whole, nothings) => {
        const { body = '{}', headers } = writeResponse(name, withHoles(whole, nothings) as ResponseOf<typeof name>);
        assert.doesNotMatch(body.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""'), /null|undefined/);

        const expected = writeResponse(name, whole as ResponseOf<typeof name>);
        const spared = JSON.parse(body);
        assert.deepEqual(contained(JSON.parse(expected.body ?? '{}'), spared), spared);
        assert.deepEqual({ ...expected.headers, ...headers }, expected.headers);
      }),
      { numRuns: 30 },
    );
  });
}

/** The value with some members of structures and maps, and additional list items, that are null or undefined. */
function withHoles(value: unknown, nothings: readonly (null | undefined)[]): unknown {
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return [...nothings, ...value.map((item) => withHoles(item, nothings))];
  return Object.fromEntries(
    Object.entries(value).map(([name, member], index) => [
      name,
      index % 2 === nothings.length % 2 ? nothings[index % nothings.length] : withHoles(member, nothings),
    ]),
  );
}

/** Of `whole`, what `part` has too. */
function contained(whole: unknown, part: unknown): unknown {
  if (Array.isArray(whole) && Array.isArray(part)) return whole.map((item, index) => contained(item, part[index]));
  if (typeof whole !== 'object' || whole === null || typeof part !== 'object' || part === null) return whole;
  return Object.fromEntries(
    Object.entries(whole)
      .filter(([name]) => Object.hasOwn(part, name))
      .map(([name, member]) => [name, contained(member, Reflect.get(part, name))]),
  );
}
