import type { ResourceType, Scope, Tags } from '@proscenium/model';
import type { Database } from '../store/store.ts';

/** How the tags of one kind of resource are reached. */
export interface Taggable {
  /** Undefined when there is no such resource. */
  findTags(db: Database, scope: Scope, id: string): Promise<Tags | undefined>;
  replaceTags(trx: Database, scope: Scope, id: string, tags: Tags): Promise<void>;
}

/** The kinds of resources that carry tags. */
export type TaggableResources = { readonly [Type in ResourceType]?: Taggable };
