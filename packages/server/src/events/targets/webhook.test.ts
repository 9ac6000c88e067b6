import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { HandClock } from '../../hand-clock.fixture.ts';
import { Receiver } from '../receiver.fixture.ts';
import { Webhook } from './webhook.ts';

const secret = 'a-secret-of-both-sides';
const event = { id: '0b6f0a3e-1111-4c6e-9d2a-000000000012', resourceArn: 'arn', json: '{"detail":{"user_id":"ünï"}}' };
const clock = new HandClock('2026-11-21T20:01:03.482Z');
const { signal } = new AbortController();

function webhookAt(t: TestContext, url: string, timeoutSeconds = 30): Webhook {
  const webhook = new Webhook({ name: 'hook', url, secret, timeoutSeconds }, clock);
  t.after(() => webhook.close());
  return webhook;
}

test('an event is posted as it is, with its id, the time and a signature over time and body', async (t) => {
  const receiver = await Receiver.start(t);
  assert.deepEqual(await webhookAt(t, `${receiver.url}path?query=1`).deliver([event], signal), ['delivered']);
  const [{ method, url, headers, body } = assert.fail()] = receiver.requests;
  assert.deepEqual([method, url, body], ['POST', '/path?query=1', event.json]);
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers['proscenium-event-id'], event.id);
  assert.equal(headers['proscenium-timestamp'], '1795291263');
  const expected = createHmac('sha256', secret).update(`1795291263.${event.json}`).digest('hex');
  assert.equal(headers['proscenium-signature'], `v1=${expected}`);
});

test('the answer says whether the event was taken, is refused, or is to come again', async (t) => {
  const receiver = await Receiver.start(t);
  const webhook = webhookAt(t, receiver.url);
  const outcomes: Record<string, number[]> = {
    delivered: [200, 201, 202, 204],
    refused: [400, 401, 403, 404, 405, 410, 413, 422],
    failed: [408, 409, 425, 429, 500, 502, 503, 504],
  };
  for (const [outcome, statuses] of Object.entries(outcomes)) {
    for (const status of statuses) {
      receiver.respond = () => ({ status, body: 'with words that may be secret' });
      const expected = outcome === 'delivered' ? outcome : { [outcome]: `HTTP ${status}` };
      assert.deepEqual(await webhookAt(t, receiver.url).deliver([event], signal), [expected]);
    }
  }
  webhook.close();
});

test('a redirect is not followed', async (t) => {
  const elsewhere = await Receiver.start(t);
  const receiver = await Receiver.start(t, () => ({ status: 307, headers: { location: elsewhere.url } }));
  assert.deepEqual(await webhookAt(t, receiver.url).deliver([event], signal), [{ failed: 'HTTP 307' }]);
  assert.equal(elsewhere.requests.length, 0);
});

test('a receiver that does not answer, breaks off or is not there has failed', async (t) => {
  const silent = await Receiver.start(t, () => new Promise(() => {}));
  assert.deepEqual(await webhookAt(t, silent.url, 1).deliver([event], signal), [{ failed: 'NoAnswerInTime' }]);
  const broken = await Receiver.start(t, () => undefined);
  assert.deepEqual(await webhookAt(t, broken.url).deliver([event], signal), [{ failed: 'ECONNRESET' }]);
  await broken.stop();
  assert.deepEqual(await webhookAt(t, broken.url).deliver([event], signal), [{ failed: 'ECONNREFUSED' }]);
  const tls = webhookAt(t, silent.url.replace('http:', 'https:'));
  const [outcome] = await tls.deliver([event], signal);
  assert.ok(typeof outcome === 'object' && 'failed' in outcome);
});

test('a delivery that is broken off has failed', async (t) => {
  const abort = new AbortController();
  const receiver = await Receiver.start(t, () => {
    abort.abort();
    return new Promise(() => {});
  });
  assert.deepEqual(await webhookAt(t, receiver.url).deliver([event], abort.signal), [{ failed: 'BrokenOff' }]);
});

test('an answer without an end is not read to the end', async (t) => {
  const endless = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const write = () => {
      while (socket.writable && socket.write(chunk));
    };
    socket.on('drain', write);
    write();
  });
  await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
  t.after(() => endless.close());
  const address = endless.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const [outcome] = await webhookAt(t, `http://127.0.0.1:${port}`).deliver([event], signal);
  assert.deepEqual(outcome, { failed: 'UnreadableAnswer' });
});

test('a kept connection that the receiver has closed meanwhile is replaced', async (t) => {
  const receiver = await Receiver.start(t);
  const webhook = webhookAt(t, receiver.url);
  assert.deepEqual(await webhook.deliver([event], signal), ['delivered']);
  await receiver.stop();
  await receiver.listen();
  assert.deepEqual(await webhook.deliver([event], signal), ['delivered']);
});
