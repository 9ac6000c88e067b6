import type { Scope } from '@proscenium/model';
import type { Clock } from '../clock.ts';
import type { Slice } from '../pagination/read-page.ts';
import { ownId } from '../store/own-id.ts';
import type { Database } from '../store/store.ts';
import type { Taggable } from '../tags/taggable.ts';
import { type CompositionRecord, compositions } from './composition-table.ts';

/** How long one can be seen after its end. */
export const visibleAfterEndMs = 5 * 60_000;

export type CompositionFilter = { stageArn?: string | undefined; encoderConfigurationArn?: string | undefined };

/** The compositions that callers can see: those that run, and those that ended a short while ago. */
export class VisibleCompositions implements Taggable {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What an ARN names. @throws ResourceNotFoundException */
  async get(db: Database, scope: Scope, arn: string): Promise<CompositionRecord> {
    const composition = await compositions.get(db, scope, arn);
    if (!this.#isVisible(composition)) throw compositions.notFound();
    return composition;
  }

  /** Newest first. What the filter names may be gone, or somebody else's: then there are none. */
  list(
    db: Database,
    scope: Scope,
    slice: Slice,
    { stageArn, encoderConfigurationArn }: CompositionFilter,
  ): Promise<(CompositionRecord & { seq: number })[]> {
    return compositions.listWhere(db, scope, slice, (row) => {
      const conditions = [row.or([row('end_time_ms', 'is', null), row('end_time_ms', '>', this.#hiddenMs())])];
      if (stageArn !== undefined) conditions.push(row('stage_id', '=', idOrNone(scope, 'stage', stageArn)));
      if (encoderConfigurationArn !== undefined) {
        const id = idOrNone(scope, 'encoder-configuration', encoderConfigurationArn);
        conditions.push(row.or({ channel_encoder_configuration_id: id, s3_encoder_configuration_id: id }));
      }
      return row.and(conditions);
    });
  }

  async findTags(db: Database, scope: Scope, id: string) {
    const composition = await compositions.find(db, scope, id);
    return composition && this.#isVisible(composition) ? composition.tags : undefined;
  }

  replaceTags: Taggable['replaceTags'] = compositions.replaceTags;

  #isVisible({ endTime }: CompositionRecord): boolean {
    return endTime === undefined || endTime.getTime() > this.#hiddenMs();
  }

  /** What ended at this time or before can no longer be seen. */
  #hiddenMs(): number {
    return this.#clock.now().getTime() - visibleAfterEndMs;
  }
}

/** No id is empty. */
function idOrNone(scope: Scope, resourceType: 'stage' | 'encoder-configuration', arn: string): string {
  return ownId(scope, resourceType, arn) ?? '';
}
