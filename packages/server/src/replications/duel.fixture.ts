import type { TestContext } from 'node:test';
import { createSessionId } from '@proscenium/model';
import { type Body, type ControlPlane, openControlPlane, scope } from '../control-plane.fixture.ts';
import { openSession, saveParticipant } from '../participants/history.ts';
import type { StageRef } from '../participants/live-stages.ts';
import { participantRecord } from '../participants/participant-record.fixture.ts';
import { until } from '../until.fixture.ts';

export type DuelStage = { ref: StageRef; arn: string; sessionId: string };

/** Two stages, and a host who publishes in the first. */
export type Duel = ControlPlane & {
  source: DuelStage;
  destination: DuelStage;
  /** A further stage with a running session. */
  addStage(): Promise<DuelStage>;
  /** Has a participant join a stage and publish there. */
  addPublisher(stage: DuelStage, participantId: string, userId?: string): Promise<void>;
  /** What a call names: the host, from the first stage to the second. */
  replication: { sourceStageArn: string; destinationStageArn: string; participantId: string };
  /** The host's replicas, newest first. */
  replicas(): Promise<Body[]>;
  /** States of the host's replicas, once they are as expected. */
  untilStates(...expected: string[]): Promise<void>;
  /** The host's events, oldest first, without `JOINED` and the like. */
  replicationEvents(): Promise<Body[]>;
};

export async function openDuel(t: TestContext, quotas: Parameters<typeof openControlPlane>[1] = {}): Promise<Duel> {
  const plane = await openControlPlane(t, quotas);
  const { call, store, live } = plane;

  async function addStage(): Promise<DuelStage> {
    const { stage } = await call('CreateStage');
    const ref = { ...scope, stageId: stage.arn.split('/')[1] };
    const sessionId = createSessionId();
    await store.write((trx) => openSession(trx, ref, { sessionId, startTime: plane.clock.now() }));
    return { ref, arn: stage.arn, sessionId };
  }

  async function addPublisher({ ref, sessionId }: DuelStage, participantId: string, userId = ''): Promise<void> {
    const record = participantRecord({ participantId, userId, published: true });
    await store.write((trx) => saveParticipant(trx, ref, sessionId, record));
    live.publish(ref, participantId);
  }

  const source = await addStage();
  const destination = await addStage();
  await addPublisher(source, 'host', 'host-1');
  const replication = { sourceStageArn: source.arn, destinationStageArn: destination.arn, participantId: 'host' };

  async function replicas(): Promise<Body[]> {
    const { sourceStageArn, participantId } = replication;
    return (await call('ListParticipantReplicas', { sourceStageArn, participantId })).replicas;
  }

  return {
    ...plane,
    source,
    destination,
    addStage,
    addPublisher,
    replication,
    replicas,
    async untilStates(...expected) {
      const states = async () => (await replicas()).map(({ replicationState }) => replicationState);
      await until(states, (found) => found.join() === expected.join());
    },
    async replicationEvents() {
      const { arn: stageArn, sessionId } = source;
      const { events } = await call('ListParticipantEvents', { stageArn, sessionId, participantId: 'host' });
      return events.filter(({ name }: Body) => name.startsWith('REPLICATION_')).reverse();
    },
  };
}
