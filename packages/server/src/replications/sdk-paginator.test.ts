import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IVSRealTimeClient, paginateListParticipantReplicas } from '@aws-sdk/client-ivs-realtime';
import { systemClock } from '../clock.ts';
import { startApiServer } from '../http/api-server.fixture.ts';
import { accessKey } from '../identity/signer.fixture.ts';
import { openDuel } from './duel.fixture.ts';

test('the JavaScript SDK pages through replicas that come and go, and sees those that stay exactly once', async (t) => {
  const { call, replication, addStage } = await openDuel(t, { replicationsPerParticipant: 100 });
  const { port } = await startApiServer(t, {
    clock: systemClock,
    handlers: { ListParticipantReplicas: (request, { scope }) => call('ListParticipantReplicas', request, scope) },
  });
  const client = new IVSRealTimeClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-west-2',
    credentials: accessKey,
  });
  t.after(() => client.destroy());
  const come = async (): Promise<string> => {
    const { arn } = await addStage();
    await call('StartParticipantReplication', { ...replication, destinationStageArn: arn });
    return arn;
  };

  const stays: string[] = [];
  for (let row = 0; row < 7; row += 1) stays.push(await come());
  const seen: (string | undefined)[] = [];
  const { sourceStageArn, participantId } = replication;
  for await (const { replicas = [] } of paginateListParticipantReplicas(
    { client, pageSize: 2 },
    { sourceStageArn, participantId },
  )) {
    seen.push(...replicas.map(({ destinationStageArn }) => destinationStageArn));
    const latest = await come();
    await call('StopParticipantReplication', { ...replication, destinationStageArn: latest });
  }
  assert.deepEqual(seen, stays.toReversed());
});
