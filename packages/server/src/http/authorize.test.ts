import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { operationNames, PendingVerification } from '@proscenium/model';
import { createAccounts } from '../identity/accounts.ts';
import { startApiServer } from './api-server.fixture.ts';
import { authorize } from './authorize.ts';

const pending = '123456789012';
const accounts = createAccounts([{ id: pending, state: 'PENDING_VERIFICATION' }]);

/** https://docs.aws.amazon.com/ivs/latest/RealTimeAPIReference/API_Operations.html: those with this error. */
const closedToPending = [
  'CreateStage',
  'UpdateStage',
  'DeleteStage',
  'DisconnectParticipant',
  'CreateParticipantToken',
  'ImportPublicKey',
  'DeletePublicKey',
  'StartParticipantReplication',
  'CreateIngestConfiguration',
  'UpdateIngestConfiguration',
  'DeleteIngestConfiguration',
  'CreateEncoderConfiguration',
  'CreateStorageConfiguration',
  'StartComposition',
  'CreateChannel',
  'UpdateChannel',
  'DeleteChannel',
  'CreateStreamKey',
  'DeleteStreamKey',
];

describe('An account that is not verified yet', () => {
  test('is turned away by the operations that have an answer for it, and by no others', () => {
    const closed = operationNames.filter((name) => {
      try {
        authorize(name, pending, accounts);
        return false;
      } catch (error) {
        assert.ok(error instanceof PendingVerification);
        return true;
      }
    });
    assert.deepEqual(closed, closedToPending);
  });

  test('does not stand in the way of others', () => {
    for (const name of operationNames) authorize(name, '210987654321', accounts);
  });

  test('hears of what is wrong with its signature and its request first, and of nothing else', async (t) => {
    const { call, send, calls } = await startApiServer(t, { accounts });
    const errorOf = async (answer: ReturnType<typeof call>) => (await answer).headers['x-amzn-errortype'];
    const unsigned = { method: 'POST', url: '/CreateStage', headers: { host: 'localhost' }, body: Buffer.from('{}') };
    assert.equal(await errorOf(send(unsigned)), 'MissingAuthenticationTokenException');
    assert.equal(await errorOf(call({ body: '{' })), 'SerializationException');
    assert.equal(await errorOf(call({ body: '{"name":"a b"}' })), 'ValidationException');

    const answer = await call({});
    assert.equal(answer.status, 403);
    assert.equal(answer.headers['x-amzn-errortype'], 'PendingVerification');
    const text = 'The account is not verified yet';
    assert.deepEqual(answer.json(), { exceptionMessage: text, message: text });
    assert.deepEqual(calls, []);
  });

  test('is handled by the other operations as ever', async (t) => {
    const { call, calls } = await startApiServer(t, { accounts });
    const path = '/tags/arn%3Aaws%3Aivs%3Aus-west-2%3A123456789012%3Astage%2FabcdABCDefgh';
    assert.equal((await call({ method: 'GET', path, body: '' })).status, 200);
    assert.equal(calls.length, 1);
  });
});
