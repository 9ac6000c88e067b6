import type { ResourceNotFoundException, Scope } from '@proscenium/model';
import type { StageRef } from '../participants/live-stages.ts';
import { ownId } from '../store/own-id.ts';
import { stages } from './stage-table.ts';

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

export function stageNotFound(): ResourceNotFoundException {
  return stages.notFound();
}
