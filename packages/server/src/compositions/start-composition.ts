import {
  ConflictException,
  createResourceId,
  type RandomBytes,
  ResourceNotFoundException,
  type Scope,
  ServiceQuotaExceededException,
} from '@proscenium/model';
import type { Config } from '../config/config.ts';
import { encoderConfigurations } from '../encoder-configurations/encoder-configuration-table.ts';
import { stages } from '../stages/stage-table.ts';
import { storageConfigurations } from '../storage-configurations/storage-configuration-table.ts';
import { ownId } from '../store/own-id.ts';
import type { Database } from '../store/store.ts';
import { type CompositionRecord, compositions, countRunning, findByIdempotencyToken } from './composition-table.ts';
import type { DestinationSettings } from './destination-settings.ts';
import { type CompositionParameters, hashParameters } from './request-parameters.ts';

export type CompositionQuotas = Pick<Config['quotas'], 'compositions' | 'compositionsPerStage'>;

/** How long a request that repeats an idempotency token is known. */
export const idempotencyMs = 24 * 60 * 60_000;

export type StartOrder = CompositionParameters & {
  idempotencyToken: string | undefined;
  /** Whether compositions can go to this channel. */
  hasChannel: (trx: Database, channelArn: string) => Promise<boolean>;
  quotas: CompositionQuotas;
  now: Date;
  random: RandomBytes | undefined;
};

/**
 * Writes down a new composition, as part of a transaction; or finds the one that the same request has started before.
 *
 * @throws ResourceNotFoundException for what is named and not there
 * @throws ConflictException for a token that came with other parameters before
 * @throws ServiceQuotaExceededException
 */
export async function startComposition(
  trx: Database,
  scope: Scope,
  { idempotencyToken, hasChannel, quotas, now, random, ...parameters }: StartOrder,
): Promise<{ composition: CompositionRecord; isNew: boolean }> {
  const request = idempotencyToken && { idempotencyToken, parametersHash: hashParameters(parameters) };
  const earlier =
    request &&
    (await findByIdempotencyToken(trx, scope, request.idempotencyToken, new Date(now.getTime() - idempotencyMs)));
  // What it names may be gone by now.
  if (earlier && earlier.request?.parametersHash === request.parametersHash)
    return { composition: earlier, isNew: false };

  const { id: stageId } = await stages.get(trx, scope, parameters.stageArn);
  for (const destination of parameters.destinations) await checkDestination(trx, scope, destination, hasChannel);
  if (earlier) throw new ConflictException('The idempotency token was used with other parameters');
  await checkQuotas(trx, scope, stageId, quotas);

  const composition: CompositionRecord = {
    id: createResourceId(random),
    name: '',
    tags: parameters.tags,
    stageId,
    state: 'STARTING',
    layout: parameters.layout,
    destinations: parameters.destinations.map((settings) => ({
      id: createResourceId(random),
      state: 'STARTING',
      settings,
    })),
    startTime: now,
    ...(request && { request }),
  };
  await compositions.insert(trx, scope, composition);
  return { composition, isNew: true };
}

async function checkDestination(
  trx: Database,
  scope: Scope,
  { channel, s3 }: DestinationSettings,
  hasChannel: StartOrder['hasChannel'],
): Promise<void> {
  if (channel !== undefined) {
    const isOwn = ownId(scope, 'channel', channel.channelArn) !== undefined;
    if (!isOwn || !(await hasChannel(trx, channel.channelArn)))
      throw new ResourceNotFoundException('Channel not found');
  }
  if (s3 !== undefined) await storageConfigurations.get(trx, scope, s3.storageConfigurationArn);
  const encoders = s3?.encoderConfigurationArns ?? [channel?.encoderConfigurationArn];
  for (const arn of encoders) if (arn !== undefined) await encoderConfigurations.get(trx, scope, arn);
}

async function checkQuotas(
  trx: Database,
  { account, region }: Scope,
  stageId: string,
  quotas: CompositionQuotas,
): Promise<void> {
  const running = await countRunning(trx, { account, region, stageId });
  if (running.ofScope >= quotas.compositions) {
    throw new ServiceQuotaExceededException(`At most ${quotas.compositions} compositions can run at the same time`);
  }
  if (running.ofStage >= quotas.compositionsPerStage) {
    throw new ServiceQuotaExceededException(
      `At most ${quotas.compositionsPerStage} compositions of one stage can run at the same time`,
    );
  }
}
