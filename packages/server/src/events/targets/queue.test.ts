import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HandClock } from '../../hand-clock.fixture.ts';
import { credentials } from '../outbox.fixture.ts';
import { type ReceivedRequest, Receiver, type ReceiverAnswer } from '../receiver.fixture.ts';
import { Queue } from './queue.ts';

const clock = new HandClock('2026-11-21T20:01:03.482Z');
const { signal } = new AbortController();
const events = ['one', 'two', 'three'].map((id) => ({ id, resourceArn: `arn:${id}`, json: JSON.stringify({ id }) }));

function queueAt(t: TestContext, { url }: Receiver, name = 'events'): Queue {
  const queueUrl = `${url}000000000000/${name}`;
  const queue = new Queue({ name: 'queue', queueUrl, region: 'us-west-2', credentials }, clock);
  t.after(() => queue.close());
  return queue;
}

function takeAll({ body }: ReceivedRequest): ReceiverAnswer {
  const { Entries } = JSON.parse(body) as { Entries: { Id: string }[] };
  const Successful = Entries.map(({ Id }) => ({ Id, MessageId: 'm', MD5OfMessageBody: 'x' }));
  return { status: 200, body: JSON.stringify({ Successful }) };
}

test('events are sent to the queue by one signed call', async (t) => {
  const receiver = await Receiver.start(t, takeAll);
  assert.deepEqual(await queueAt(t, receiver).deliver(events, signal), ['delivered', 'delivered', 'delivered']);
  const [{ url, headers, body } = assert.fail()] = receiver.requests;
  assert.equal(url, '/');
  assert.equal(headers['content-type'], 'application/x-amz-json-1.0');
  assert.equal(headers['x-amz-target'], 'AmazonSQS.SendMessageBatch');
  assert.match(headers.authorization ?? '', /Credential=AKIDEXAMPLE\/20261121\/us-west-2\/sqs\/aws4_request/);
  assert.deepEqual(JSON.parse(body), {
    QueueUrl: `${receiver.url}000000000000/events`,
    Entries: events.map(({ id, json }) => ({ Id: id, MessageBody: json })),
  });
});

test('a FIFO queue gets a group for each resource, and the event’s id to know repetitions by', async (t) => {
  const receiver = await Receiver.start(t, takeAll);
  await queueAt(t, receiver, 'events.fifo').deliver(events.slice(0, 1), signal);
  const [{ body } = assert.fail()] = receiver.requests;
  const [entry] = JSON.parse(body).Entries;
  assert.equal(entry.MessageGroupId, 'arn:one');
  assert.equal(entry.MessageDeduplicationId, 'one');
});

test('each message has its own outcome, whatever their order in the answer', async (t) => {
  const Failed = [
    { Id: 'two', Code: 'InvalidMessageContents', SenderFault: true },
    { Id: 'one', Code: 'InternalError', SenderFault: false },
  ];
  const body = JSON.stringify({ Successful: [{ Id: 'three' }], Failed });
  const receiver = await Receiver.start(t, () => ({ status: 200, body }));
  assert.deepEqual(await queueAt(t, receiver).deliver(events, signal), [
    { failed: 'InternalError' },
    { refused: 'InvalidMessageContents' },
    'delivered',
  ]);
});

test('being throttled passes, and so may the lack of the queue', async (t) => {
  const Failed = [{ Id: 'one', Code: 'KmsThrottled', SenderFault: true }];
  const receiver = await Receiver.start(t, () => ({ status: 200, body: JSON.stringify({ Failed }) }));
  const [first] = events;
  assert.ok(first);
  assert.deepEqual(await queueAt(t, receiver).deliver([first], signal), [{ failed: 'KmsThrottled' }]);
  const body = '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}';
  receiver.respond = () => ({ status: 400, body });
  assert.deepEqual(await queueAt(t, receiver).deliver([first], signal), [{ failed: 'QueueDoesNotExist' }]);
});
