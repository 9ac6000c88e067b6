import { type ResourceNotFoundException, type Scope, ValidationException } from '@proscenium/model';
import type { StageRef } from '../participants/live-stages.ts';
import { ownId } from '../store/own-id.ts';
import type { Database } from '../store/store.ts';
import { findStageSeq, stages } from './stage-table.ts';

/**
 * The stage that an ARN names, whether or not there is one.
 *
 * @throws ResourceNotFoundException for a stage of another account or region
 */
export function ownStage({ account, region }: Scope, arn: string): StageRef {
  const stageId = ownId({ account, region }, 'stage', arn);
  if (stageId === undefined) throw stageNotFound();
  return { account, region, stageId };
}

/** The same, but undefined unless there is such a stage. */
export async function findOwnStage(
  db: Database,
  { account, region }: Scope,
  arn: string,
): Promise<StageRef | undefined> {
  const stageId = ownId({ account, region }, 'stage', arn);
  if (stageId === undefined) return undefined;
  const stage = { account, region, stageId };
  return (await findStageSeq(db, stage)) === undefined ? undefined : stage;
}

/**
 * The stage of a list call. Those have no answer for what is not found: a wrong name is a wrong request.
 *
 * @throws ValidationException
 */
export async function listedStage(db: Database, scope: Scope, arn: string): Promise<StageRef> {
  const stage = await findOwnStage(db, scope, arn);
  if (stage === undefined) throw new ValidationException('Stage not found');
  return stage;
}

export function stageNotFound(): ResourceNotFoundException {
  return stages.notFound();
}
