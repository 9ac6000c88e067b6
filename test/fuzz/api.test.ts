import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { type OperationName, operationNames } from '@proscenium/model';
import { startServer } from '../support/server.ts';
import { checkHealth, fuzzApi, type Sent } from './fuzz-api.ts';

const { PROSCENIUM_FUZZ_SEED: givenSeed, PROSCENIUM_FUZZ_REQUESTS: givenRequests } = process.env;
const seed = givenSeed === undefined ? randomInt(2 ** 31) : Number(givenSeed);
const requests = Number(givenRequests ?? 2_500);

/** Room for resources to be made and deleted, and still soon used up. */
const quotas = {
  PROSCENIUM_QUOTAS_STORAGE_CONFIGURATIONS: '10',
  PROSCENIUM_QUOTAS_PUBLIC_KEYS: '10',
  PROSCENIUM_QUOTAS_COMPOSITIONS_PER_STAGE: '15',
  PROSCENIUM_QUOTAS_STREAM_KEYS_PER_CHANNEL: '4',
};

/** Only somebody who publishes can be replicated, and only what is live be shown or stopped. */
const neverAccepted: readonly OperationName[] = [
  'StartParticipantReplication',
  'StopParticipantReplication',
  'GetStream',
  'StopStream',
];

describe(`${requests} random requests (PROSCENIUM_FUZZ_SEED=${seed})`, () => {
  let sent: Sent[] = [];

  before(async () => {
    const server = await startServer({ env: quotas });
    try {
      sent = await fuzzApi(server, { seed, requests });
      await checkHealth(server);
    } finally {
      await server.stop();
    }
  });

  test('are each answered as they must be, and leave the server well', (t) => {
    assert.equal(sent.length, requests);
    for (const [outcome, times] of counted(sent, (each) => each.outcome)) t.diagnostic(`${times} ${outcome}`);
  });

  test('are rightly signed, at least four in five of them', () => {
    const signed = sent.filter(({ kind }) => kind !== 'badly signed');
    assert.ok(signed.length >= 0.8 * sent.length, `${signed.length} of ${sent.length}`);
  });

  test('are for all operations alike', () => {
    const signed = sent.filter(({ kind }) => kind !== 'badly signed');
    const times = counted(signed, ({ operation }) => operation);
    const few = operationNames.filter((name) => (times.get(name) ?? 0) < requests / operationNames.length / 4);
    assert.deepEqual(few, []);
  });

  test('are now accepted and now refused, for each operation', () => {
    const outcomes = new Set(sent.map(({ operation, outcome }) => `${operation} ${outcome}`));
    const without = (outcome: Sent['outcome']) => operationNames.filter((name) => !outcomes.has(`${name} ${outcome}`));
    assert.deepEqual(
      without('accepted').filter((name) => !neverAccepted.includes(name)),
      [],
    );
    assert.deepEqual(without('ValidationException'), []);
  });
});

function counted<Key>(sent: readonly Sent[], key: (each: Sent) => Key): Map<Key, number> {
  return new Map([...Map.groupBy(sent, key)].map(([name, group]) => [name, group.length]));
}
