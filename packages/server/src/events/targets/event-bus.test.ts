import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HandClock } from '../../hand-clock.fixture.ts';
import { signPost } from '../../identity/sign-request.ts';
import { toEnvelope } from '../event-envelope.ts';
import { credentials } from '../outbox.fixture.ts';
import { type ReceivedRequest, Receiver, type ReceiverAnswer } from '../receiver.fixture.ts';
import { happening } from '../service-event.fixture.ts';
import { EventBus, type EventBusSettings } from './event-bus.ts';

const clock = new HandClock('2026-11-21T20:01:03.482Z');
const { signal } = new AbortController();

function outgoing(number: number, text = '') {
  const plain = happening('a', number);
  const envelope = toEnvelope({ ...plain, detail: { number, text } }, `id-${number}`);
  return { id: envelope.id, resourceArn: plain.resourceArn, json: JSON.stringify(envelope) };
}

function entriesOf({ body }: ReceivedRequest): Record<string, unknown>[] {
  return JSON.parse(body).Entries;
}

function numbersOf(request: ReceivedRequest): number[] {
  return entriesOf(request).map(({ Detail }) => JSON.parse(String(Detail)).number);
}

function takeAll(request: ReceivedRequest): ReceiverAnswer {
  const Entries = entriesOf(request).map(() => ({ EventId: 'e' }));
  return { status: 200, body: JSON.stringify({ FailedEntryCount: 0, Entries }) };
}

function busAt(t: TestContext, { url }: Receiver, settings: Partial<EventBusSettings> = {}): EventBus {
  const bus = new EventBus(
    {
      name: 'bus',
      endpoint: url,
      region: 'eu-west-1',
      credentials,
      eventBusName: undefined,
      source: 'aws.ivs',
      envelopeKey: undefined,
      ...settings,
    },
    clock,
  );
  t.after(() => bus.close());
  return bus;
}

test('events are put on the bus by one signed call', async (t) => {
  const receiver = await Receiver.start(t, takeAll);
  const events = [outgoing(1), outgoing(2)];
  assert.deepEqual(await busAt(t, receiver).deliver(events, signal), ['delivered', 'delivered']);
  const [request = assert.fail()] = receiver.requests;
  assert.equal(request.headers['x-amz-target'], 'AWSEvents.PutEvents');
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' };
  const post = { url: new URL(receiver.url), headers, body: request.body };
  const signed = signPost(post, { credentials, region: 'eu-west-1', service: 'events', now: clock.now() });
  assert.equal(request.headers.authorization, signed.authorization);
  assert.deepEqual(
    entriesOf(request),
    [1, 2].map((number) => ({
      Source: 'aws.ivs',
      DetailType: 'IVS Stage Update',
      Detail: JSON.stringify({ number, text: '' }),
      Resources: ['arn:aws:ivs:us-west-2:123456789012:stage/a'],
      Time: 1795291263,
    })),
  );
});

test('another source, another bus, and the event as it was where it is wished for', async (t) => {
  const receiver = await Receiver.start(t, takeAll);
  const event = outgoing(1);
  const settings = { source: 'custom.ivs', eventBusName: 'stages', envelopeKey: 'original' };
  await busAt(t, receiver, settings).deliver([event], signal);
  const [entry = assert.fail()] = entriesOf(receiver.requests[0] ?? assert.fail());
  assert.equal(entry.Source, 'custom.ivs');
  assert.equal(entry.EventBusName, 'stages');
  assert.deepEqual(JSON.parse(String(entry.Detail)), { number: 1, text: '', original: JSON.parse(event.json) });
});

test('each entry has its own outcome', async (t) => {
  const results = [
    { EventId: 'e' },
    { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' },
    { ErrorCode: 'ThrottlingException' },
    { ErrorCode: 'InternalFailure' },
    { ErrorCode: 'MalformedDetail', ErrorMessage: 'x'.repeat(1_000) },
  ];
  const body = JSON.stringify({ FailedEntryCount: 4, Entries: results });
  const receiver = await Receiver.start(t, () => ({ status: 200, body }));
  const events = Array.from({ length: 6 }, (_, number) => outgoing(number));
  assert.deepEqual(await busAt(t, receiver).deliver(events, signal), [
    'delivered',
    { refused: 'NotAuthorizedForSourceException: Not authorized for the source.' },
    { failed: 'ThrottlingException' },
    { failed: 'InternalFailure' },
    { refused: `MalformedDetail: ${'x'.repeat(183)}` },
    { failed: 'No answer for this event' },
  ]);
});

test('a call that fails says nothing about its entries, and its reason holds nothing of the request', async (t) => {
  const answers: [ReceiverAnswer | undefined, reason: string][] = [
    [{ status: 500, body: 'oops' }, 'HTTP 500'],
    [{ status: 429, body: '{"__type":"ThrottlingException"}' }, 'ThrottlingException'],
    [
      {
        status: 400,
        body: '{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"… should have been …"}',
      },
      'InvalidSignatureException',
    ],
    [{ status: 400, body: '{"__type":"ResourceNotFoundException:http://internal"}' }, 'ResourceNotFoundException'],
    [{ status: 200, body: '<html>' }, 'UnreadableAnswer'],
    [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'HTTP 302'],
    [undefined, 'ECONNRESET'],
  ];
  for (const [answer, reason] of answers) {
    const receiver = await Receiver.start(t, () => answer);
    const outcomes = await busAt(t, receiver).deliver([outgoing(1), outgoing(2)], signal);
    assert.deepEqual(outcomes, [{ failed: reason }, { failed: reason }]);
  }
});

test('one entry that cannot be sent takes no others along', async (t) => {
  const receiver = await Receiver.start(t, (request) =>
    numbersOf(request).includes(3) ? { status: 400, body: '{"__type":"ValidationException"}' } : takeAll(request),
  );
  const events = Array.from({ length: 10 }, (_, number) => outgoing(number));
  const outcomes = await busAt(t, receiver).deliver(events, signal);
  assert.deepEqual(
    outcomes,
    events.map((_, number) => (number === 3 ? { refused: 'ValidationException' } : 'delivered')),
  );
});

test('what is too large for one call goes by several', async (t) => {
  const receiver = await Receiver.start(t, takeAll);
  const events = Array.from({ length: 5 }, (_, number) => outgoing(number, 'ü'.repeat(50_000)));
  const outcomes = await busAt(t, receiver).deliver(events, signal);
  assert.deepEqual(outcomes, Array(5).fill('delivered'));
  assert.deepEqual(receiver.requests.flatMap(numbersOf), [0, 1, 2, 3, 4]);
  for (const { body } of receiver.requests) assert.ok(Buffer.byteLength(body) < 262_144);
});
