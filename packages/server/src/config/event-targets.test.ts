import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEnvelope } from '../events/event-envelope.ts';
import { happening } from '../events/service-event.fixture.ts';
import { ConfigError } from './config-error.ts';
import { resolveEventTargets } from './event-targets.ts';
import type { Settings } from './settings.ts';

type TargetSettings = Settings['events']['targets'][number];

const hook: TargetSettings = { name: 'hook', type: 'webhook', url: 'https://example.com/', secret: 'sixteen-letters!' };
const queue: TargetSettings = { name: 'queue', type: 'sqs', queueUrl: 'https://sqs.example.com/1/events' };
const bus: TargetSettings = { name: 'bus', type: 'eventbridge' };
const key = { accessKeyId: 'AKIDFILE', secretAccessKey: 'hidden-in-the-file' };
const environment = { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: 'hidden-in-the-environment' };

function resolve(targets: TargetSettings[], variables: Record<string, string> = environment) {
  return resolveEventTargets(targets, { region: 'eu-west-1', environment: variables });
}

function refusal(...[targets, variables]: Parameters<typeof resolve>): string {
  try {
    resolve(targets, variables);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.doesNotMatch(error.message, /hidden|sixteen/);
    return error.message;
  }
  assert.fail('it was accepted');
}

test('targets have defaults for what they do not say', () => {
  const credentials = { accessKeyId: 'AKIDENV', secretAccessKey: 'hidden-in-the-environment', sessionToken: undefined };
  const settings = resolve([bus, queue, hook]).map((target) => [target.type, target.settings]);
  assert.deepEqual(settings, [
    [
      'eventbridge',
      {
        name: 'bus',
        endpoint: 'https://events.eu-west-1.amazonaws.com',
        region: 'eu-west-1',
        credentials,
        eventBusName: undefined,
        source: undefined,
        envelopeKey: undefined,
      },
    ],
    ['sqs', { name: 'queue', queueUrl: queue.queueUrl, region: 'eu-west-1', credentials }],
    ['webhook', { name: 'hook', url: hook.url, secret: hook.secret, timeoutSeconds: 10 }],
  ]);
});

test('a target’s own region and key come before those of the server and of the environment', () => {
  const [own] = resolve([{ ...bus, ...key, region: 'us-east-1' }]);
  assert.ok(own?.type === 'eventbridge');
  assert.deepEqual(own.settings.credentials, key);
  assert.equal(own.settings.endpoint, 'https://events.us-east-1.amazonaws.com');
  const [temporary] = resolve([queue], { ...environment, AWS_SESSION_TOKEN: 'token' });
  assert.ok(temporary?.type === 'sqs');
  assert.equal(temporary.settings.credentials.sessionToken, 'token');
});

test('a target wants the events of its pattern, or all', () => {
  const event = toEnvelope(happening('a', 1), 'id');
  const wants = [undefined, { detail: { number: [1] } }, { detail: { number: [2] } }].map((pattern) =>
    resolve([{ ...hook, ...(pattern && { pattern }) }])[0]?.wants(event),
  );
  assert.deepEqual(wants, [true, true, false]);
});

test('what is wrong is named, without its value', () => {
  const refusals: [targets: TargetSettings[], message: string][] = [
    [[hook, { ...hook }], 'events.targets[1].name: another target has it too'],
    [[{ ...hook, region: 'us-east-1' }], 'events.targets[0].region: a target of type webhook has none'],
    [[{ ...queue, url: 'https://example.com' }], 'events.targets[0].url: a target of type sqs has none'],
    [[{ name: 'hook', type: 'webhook', secret: hook.secret }], 'events.targets[0].url: is missing'],
    [[{ ...hook, url: 'http://exa mple.com' }], 'events.targets[0].url: must be a web address'],
    [[{ ...hook, secret: 'hidden' }], 'events.targets[0].secret: must have 16 characters or more'],
    [[{ name: 'queue', type: 'sqs' }], 'events.targets[0].queueUrl: is missing'],
    [[{ ...bus, accessKeyId: 'AKIDFILE' }], 'events.targets[0].secretAccessKey: is missing'],
    [[{ ...bus, secretAccessKey: 'hidden' }], 'events.targets[0].accessKeyId: is missing'],
    [[{ ...bus, pattern: {} }], 'events.targets[0].pattern: must not be empty'],
    [
      [hook, { ...bus, pattern: { source: [{ suffix: 'x' }] } }],
      "events.targets[1].pattern: source: there is no operator 'suffix': there are prefix, anything-but and exists",
    ],
  ];
  for (const [targets, message] of refusals) assert.equal(refusal(targets), message);
  assert.match(refusal([bus], {}), /^events\.targets\[0\]\.accessKeyId: is missing, and AWS_ACCESS_KEY_ID and/);
});
