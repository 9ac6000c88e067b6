import { createHash } from 'node:crypto';
import type { Tags } from '@proscenium/model';
import type { DestinationSettings } from './destination-settings.ts';
import type { LayoutSettings } from './layout-settings.ts';

/** What a composition is started with, every member filled. */
export type CompositionParameters = {
  stageArn: string;
  layout: LayoutSettings;
  destinations: readonly DestinationSettings[];
  tags: Tags;
};

/** The same for the same parameters; the order of tags is of no account. */
export function hashParameters({ stageArn, layout, destinations, tags }: CompositionParameters): string {
  const sortedTags = Object.entries(tags).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([stageArn, layout, destinations, sortedTags]))
    .digest('base64url');
}
