import type { OperationName, ResourceType, Scope } from '@proscenium/model';
import type { Body, ControlPlane } from './control-plane.fixture.ts';
import { handledOperations } from './operations.ts';
import { openSession, saveParticipant } from './participants/history.ts';
import { participantRecord } from './participants/participant-record.fixture.ts';
import { newPublicKeyMaterial } from './public-keys/public-key.fixture.ts';

/** One resource of each kind in an account and region, and what else requests can name. */
export type ScopeResources = {
  scope: Scope;
  arns: ReadonlyMap<ResourceType, string>;
  /** Values of members, whatever request they are in. */
  members: Readonly<Record<string, unknown>>;
  /** Members of the requests to one operation that its shape does not ask for, but its rules. */
  rules: { readonly [Name in OperationName]?: object };
};

/** The same in every scope, so that nothing but the scope tells them apart. */
const sessionId = 'st-0000000000001';
const participantId = 'pHostAAAA001';

/** Fills an account and region that is empty; the stage has a session with a participant who publishes. */
export async function createScopeResources(plane: ControlPlane, scope: Scope): Promise<ScopeResources> {
  const { store, live } = plane;
  const arns = new Map<ResourceType, string>();
  const handled = new Set<OperationName>(handledOperations);
  async function create(type: ResourceType, operation: OperationName, input: object, member: string): Promise<void> {
    if (!handled.has(operation)) return;
    const answer: Body = await plane.call(operation as (typeof handledOperations)[number], input, scope);
    arns.set(type, answer[member].arn);
  }

  await create('stage', 'CreateStage', { name: 'show' }, 'stage');
  const { stage: other } = await plane.call('CreateStage', {}, scope);
  const stage = { ...scope, stageId: idOf(arns.get('stage')) };
  await store.write(async (trx) => {
    await openSession(trx, stage, { sessionId, startTime: plane.clock.now() });
    await saveParticipant(trx, stage, sessionId, participantRecord({ participantId }));
  });
  live.publish(stage, participantId);
  const s3 = { bucketName: 'show-archive' };
  await create('storage-configuration', 'CreateStorageConfiguration', { s3 }, 'storageConfiguration');
  await create('encoder-configuration', 'CreateEncoderConfiguration', {}, 'encoderConfiguration');
  const publicKeyMaterial = newPublicKeyMaterial();
  await create('public-key', 'ImportPublicKey', { publicKeyMaterial }, 'publicKey');
  const ingest = { ingestProtocol: 'RTMPS', stageArn: arns.get('stage') };
  await create('ingest-configuration', 'CreateIngestConfiguration', ingest, 'ingestConfiguration');
  await create('channel', 'CreateChannel', {}, 'channel');
  const channelArn = arns.get('channel');
  const { streamKeys } = await plane.call('ListStreamKeys', { channelArn }, scope);
  arns.set('stream-key', streamKeys[0].arn);
  const encoderConfigurationArn = arns.get('encoder-configuration');
  const storageConfigurationArn = arns.get('storage-configuration');
  const destinations = [
    { channel: { channelArn, encoderConfigurationArn } },
    { s3: { storageConfigurationArn, encoderConfigurationArns: [encoderConfigurationArn] } },
  ];
  const composition = { stageArn: arns.get('stage'), destinations };
  await create('composition', 'StartComposition', composition, 'composition');

  return {
    scope,
    arns,
    members: { sessionId, participantId, destinationStageArn: other.arn, ...s3 },
    rules: { CreateIngestConfiguration: { ingestProtocol: 'RTMPS' }, StartComposition: { destinations } },
  };
}

function idOf(arn = ''): string {
  return arn.slice(arn.indexOf('/') + 1);
}
