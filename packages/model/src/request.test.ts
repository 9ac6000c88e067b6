import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { valid } from './arbitrary-shape.ts';
import { SerializationException, ServiceError, ValidationException } from './errors.ts';
import { operationNames, operations } from './operations.ts';
import { readRequest, readShape } from './request.ts';
import { string, structure } from './schema.ts';

const stageArn = 'arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh';

test('a valid request comes back as a copy with its known members', () => {
  const input = { name: 'show', tags: { team: 'red' }, unheard: { of: 1 } };
  const request = readRequest('CreateStage', input);
  assert.deepEqual(toJson(request), { name: 'show', tags: { team: 'red' } });
  assert.notEqual(request.tags, input.tags);
});

test('no body at all is a request without members', () => {
  assert.deepEqual(readRequest('ListStages', undefined), {});
});

test('a body that is no object is not readable', () => {
  for (const input of [null, [], 'text', 1, true]) {
    assert.throws(() => readRequest('ListStages', input), SerializationException, JSON.stringify(input));
  }
});

test('null for a member counts as absent', () => {
  assert.deepEqual(readRequest('CreateStage', { name: null, autoParticipantRecordingConfiguration: null }), {});
  assert.deepEqual(
    refusal(() => readRequest('GetStage', { arn: null })),
    ["Value null at 'arn' failed to satisfy constraint: Member must not be null"],
  );
});

test('null in a list or a map is not readable', () => {
  assert.throws(
    () => readRequest('CreateParticipantToken', { stageArn, capabilities: ['PUBLISH', null] }),
    new SerializationException("The value at 'capabilities.2.member' must be a string, not null"),
  );
  assert.throws(
    () => readRequest('CreateStage', { tags: { team: null } }),
    new SerializationException("The value at 'tags' must be a string, not null"),
  );
});

test('a wrong JSON type is not readable and never converted', () => {
  const requests: [unknown, string][] = [
    [{ name: 1 }, "The value at 'name' must be a string, not a number"],
    [{ tags: [] }, "The value at 'tags' must be an object, not a list"],
    [{ tags: { a: true } }, "The value at 'tags' must be a string, not a boolean"],
    [
      { participantTokenConfigurations: {} },
      "The value at 'participantTokenConfigurations' must be a list, not an object",
    ],
    [
      { participantTokenConfigurations: [{ duration: '60' }] },
      "The value at 'participantTokenConfigurations.1.member.duration' must be a 32-bit integer, not a string",
    ],
    [
      { autoParticipantRecordingConfiguration: { storageConfigurationArn: '', recordParticipantReplicas: 'true' } },
      "The value at 'autoParticipantRecordingConfiguration.recordParticipantReplicas' must be a boolean, not a string",
    ],
  ];
  for (const [input, message] of requests) {
    assert.throws(() => readRequest('CreateStage', input), new SerializationException(message));
  }
});

test('half a surrogate pair is not readable, be it a value, an item or a key', () => {
  const requests = ['{"name":"a\\ud800"}', '{"tags":{"team":"\\udc00b"}}', '{"tags":{"\\udbff":"red"}}'];
  for (const text of requests) {
    assert.throws(() => readRequest('CreateStage', JSON.parse(text)), SerializationException, text);
  }
  const capabilities = JSON.parse('["\\ud83c"]');
  assert.throws(
    () => readRequest('CreateParticipantToken', { stageArn, capabilities }),
    new SerializationException("The value at 'capabilities.1.member' must be well-formed Unicode"),
  );
});

test('an integer is a whole number of 32 bits', () => {
  for (const maxResults of [1.5, 2 ** 31, -(2 ** 31) - 1, Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
    assert.throws(() => readRequest('ListStages', { maxResults }), SerializationException, String(maxResults));
  }
  assert.deepEqual(readRequest('ListStages', { maxResults: 100 }), { maxResults: 100 });
});

test('a float may be a fraction but not infinite', () => {
  const request = readRequest('CreateEncoderConfiguration', { video: { framerate: 29.97 } });
  assert.deepEqual(request, { video: { framerate: 29.97 } });
  const infinite = JSON.parse('{"video":{"framerate":1e999}}');
  assert.throws(() => readRequest('CreateEncoderConfiguration', infinite), SerializationException);
});

test('one message tells every violation, in the words of AWS', () => {
  assert.throws(
    () => readRequest('CreateStage', { name: 'a b' }),
    new ValidationException(
      "1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9-_]*",
    ),
  );
  assert.throws(
    () => readRequest('CreateParticipantToken', { duration: 20_161, userId: 'u'.repeat(129) }),
    new ValidationException(
      "3 validation errors detected: Value null at 'stageArn' failed to satisfy constraint: Member must not be null; " +
        "Value '20161' at 'duration' failed to satisfy constraint: Member must have value less than or equal to 20160; " +
        `Value '${'u'.repeat(64)}…' at 'userId' failed to satisfy constraint: Member must have length less than or equal to 128`,
    ),
  );
});

test('structures in lists are counted from one, lists of strings and maps are told as a whole', () => {
  const input = {
    participantTokenConfigurations: [{}, { duration: 0, capabilities: ['PUBLISH', 'FLY'] }],
    tags: { '': 'v'.repeat(257) },
  };
  assert.deepEqual(
    refusal(() => readRequest('CreateStage', input)),
    [
      "Value '0' at 'participantTokenConfigurations.2.member.duration' failed to satisfy constraint: Member must have value greater than or equal to 1",
      "Value '[PUBLISH, FLY]' at 'participantTokenConfigurations.2.member.capabilities' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [PUBLISH, SUBSCRIBE]]",
      "Value '{=vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv…' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]",
      "Value '{=vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv…' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 256]",
    ],
  );
});

test('a message stays short however much is wrong', () => {
  const participantTokenConfigurations = Array.from({ length: 50_000 }, () => ({ duration: 0 }));
  const messages = refusal(() => readRequest('CreateStage', { participantTokenConfigurations }));
  assert.equal(messages.length, 14);
  assert.equal(
    messages.at(-1),
    "Value at 'participantTokenConfigurations' failed to satisfy constraint: Member must have length less than or equal to 12",
  );
});

test('of a list or a map that is too long, one more than allowed is looked at', () => {
  const capabilities = [...Array(3).fill('PUBLISH'), 17];
  const tooLong = 'Member must have length less than or equal to';
  assert.deepEqual(
    refusal(() => readRequest('CreateParticipantToken', { stageArn, capabilities })),
    [`Value '[PUBLISH, PUBLISH, PUBLISH]' at 'capabilities' failed to satisfy constraint: ${tooLong} 2`],
  );
  const tags = { ...Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, ''])), last: 17 };
  const [message = ''] = refusal(() => readRequest('CreateStage', { tags }));
  assert.ok(message.endsWith(`at 'tags' failed to satisfy constraint: ${tooLong} 50`), message);
});

test('a pattern must match the whole value', () => {
  for (const arn of [`x${stageArn}`, `${stageArn} `, `${stageArn}\n`, `${stageArn}\n${stageArn}`]) {
    assert.throws(() => readRequest('GetStage', { arn }), ValidationException, JSON.stringify(arn));
  }
  assert.deepEqual(readRequest('GetStage', { arn: stageArn }), { arn: stageArn });
});

test('lengths count code points', () => {
  assert.equal(readRequest('CreateParticipantToken', { stageArn, userId: '🎥'.repeat(128) }).userId?.length, 256);
  assert.throws(
    () => readRequest('CreateParticipantToken', { stageArn, userId: '🎥'.repeat(129) }),
    ValidationException,
  );
});

test('a long value is cut between code points', () => {
  const [message = ''] = refusal(() => readRequest('CreateStage', { name: '🎥'.repeat(200) }));
  assert.ok(message.startsWith(`Value '${'🎥'.repeat(64)}…' at 'name'`), message);
});

test('faults of the published patterns are mended', () => {
  assert.deepEqual(readRequest('ListTagsForResource', { resourceArn: stageArn }), { resourceArn: stageArn });
  assert.throws(() => readRequest('ListTagsForResource', { resourceArn: 'arn:aws:s3:::bucket' }), ValidationException);

  const publicKeyMaterial = 'A key\n-----BEGIN PUBLIC KEY-----\nMHYw\nEAYH\n-----END PUBLIC KEY-----\n\n';
  assert.equal(readRequest('ImportPublicKey', { publicKeyMaterial }).publicKeyMaterial, publicKeyMaterial);
  assert.throws(() => readRequest('ImportPublicKey', { publicKeyMaterial: 'MHYw' }), ValidationException);
});

test('an empty ARN detaches an ingest configuration, but names no stage', () => {
  const arn = 'arn:aws:ivs:us-west-2:123456789012:ingest-configuration/abcdABCDefgh';
  assert.deepEqual(readRequest('UpdateIngestConfiguration', { arn, stageArn: '' }), { arn, stageArn: '' });
  assert.throws(() => readRequest('GetStage', { arn: '' }), ValidationException);
});

test('an ingest protocol may be written in any case, other enumerations may not', () => {
  assert.equal(readRequest('CreateIngestConfiguration', { ingestProtocol: 'rtmps' }).ingestProtocol, 'RTMPS');
  assert.deepEqual(
    refusal(() => readRequest('CreateIngestConfiguration', { ingestProtocol: 'srt' })),
    ["Value 'srt' at 'ingestProtocol' failed to satisfy constraint: Member must satisfy enum value set: [RTMP, RTMPS]"],
  );
  assert.throws(() => readRequest('ListIngestConfigurations', { filterByState: 'active' }), ValidationException);
});

test('keys like __proto__ are plain data in a map and ignored elsewhere', () => {
  const input = JSON.parse('{"__proto__":{"name":"x"},"constructor":{},"tags":{"__proto__":"a","constructor":"b"}}');
  const { tags = {}, ...rest } = readRequest('CreateStage', input);
  assert.deepEqual(Object.entries(tags), [
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
  assert.equal(Object.getPrototypeOf(tags), null);
  assert.deepEqual(rest, {});
  assert.throws(() => readRequest('GetStage', JSON.parse(`{"__proto__":{"arn":"${stageArn}"}}`)), ValidationException);
});

test('deep nesting in a member that is not known is no matter', () => {
  const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`);
  assert.deepEqual(readRequest('ListStages', { deep }), {});
  assert.throws(() => readRequest('ListStages', { nextToken: deep }), SerializationException);
});

test('a secret is never repeated', () => {
  const shape = structure({}, { key: string({ max: 3, sensitive: true }) });
  assert.deepEqual(
    refusal(() => readShape(shape, { key: 'secret' })),
    ["Value at 'key' failed to satisfy constraint: Member must have length less than or equal to 3"],
  );
});

const anyOperation = fc.constantFrom(...operationNames);

test('whatever the JSON, a request is read or refused with a service error', () => {
  const anyJson = fc.jsonValue({ maxDepth: 4 });
  const members = [...new Set(operationNames.flatMap((name) => Object.keys(operations[name].request.properties)))];
  const likelyJson = fc.dictionary(fc.constantFrom(...members), anyJson);
  fc.assert(
    fc.property(anyOperation, fc.oneof(anyJson, likelyJson, fc.anything()), (name, input) => {
      try {
        readRequest(name, input);
      } catch (error) {
        assert.ok(error instanceof ServiceError, String(error));
        assert.match(error.name, /^(ValidationException|SerializationException)$/);
      }
    }),
    { numRuns: 2000 },
  );
});

for (const name of operationNames) {
  const { request } = operations[name];
  const validator = Compile(request);

  test(`valid ${name} requests pass unchanged`, () => {
    fc.assert(
      fc.property(valid(request), (input) => {
        assert.deepEqual(toJson(readRequest(name, input)), toJson(input));
      }),
      { numRuns: 30 },
    );
  });

  test(`TypeBox's own validator accepts the same ${name} requests`, () => {
    const wrong = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      fc.boolean(),
      fc.constant([]),
      fc.constant({}),
    );
    const member = fc.constantFrom('nothing', ...Object.keys(request.properties));
    fc.assert(
      fc.property(valid(request), member, wrong, (input, changed, value) => {
        const changedInput = { ...(input as object), [changed]: value };
        // Whole numbers of more than 32 bits are integers to JSON Schema alone.
        fc.pre(typeof value !== 'number' || !Number.isInteger(value) || (value | 0) === value);
        assert.equal(
          accepts(() => readRequest(name, changedInput)),
          validator.Check(changedInput),
        );
      }),
      { numRuns: 60 },
    );
  });
}

function accepts(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    assert.ok(error instanceof ServiceError);
    return false;
  }
}

/** The violations that a refusal lists. */
function refusal(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof ValidationException);
    const [, count, list = ''] = /^(\d+) validation errors? detected: (.*)$/s.exec(error.message) ?? [];
    const violations = list.split('; ');
    assert.equal(String(violations.length), count);
    return violations;
  }
  assert.fail('The request was accepted');
}

/** As it would travel, so that the prototype of maps is no matter. */
function toJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
