import { checkTags, parseArn, ResourceNotFoundException, type Scope, type Tags } from '@proscenium/model';
import type { Handlers } from '../http/handlers.ts';
import type { Database, Store } from '../store/store.ts';
import type { Taggable, TaggableResources } from './taggable.ts';

type TagOperations = Required<Pick<Handlers, 'TagResource' | 'UntagResource' | 'ListTagsForResource'>>;

export function tagOperations({ store, taggable }: { store: Store; taggable: TaggableResources }): TagOperations {
  /** Replaces the tags of a resource by what `change` makes of them. */
  async function changeTags(scope: Scope, arn: string, change: (tags: Tags) => Tags): Promise<void> {
    const { kind, id } = getKind(taggable, scope, arn);
    await store.write(async (trx) => {
      const tags = change(await tagsOf(trx, kind, scope, id));
      checkTags(tags);
      await kind.replaceTags(trx, scope, id, tags);
    });
  }

  return {
    async TagResource({ resourceArn, tags }, { scope }) {
      await changeTags(scope, resourceArn, (present) => ({ ...present, ...tags }));
      return {};
    },

    async UntagResource({ resourceArn, tagKeys }, { scope }) {
      const keys = new Set(tagKeys);
      await changeTags(scope, resourceArn, (present) =>
        Object.fromEntries(Object.entries(present).filter(([key]) => !keys.has(key))),
      );
      return {};
    },

    async ListTagsForResource({ resourceArn }, { scope }) {
      const { kind, id } = getKind(taggable, scope, resourceArn);
      return { tags: await tagsOf(store.db, kind, scope, id) };
    },
  };
}

/** Tags of what an ARN names. Undefined for what is not there, carries none, or belongs to another account or region. */
export async function findTags(
  db: Database,
  taggable: TaggableResources,
  scope: Scope,
  arn: string,
): Promise<Tags | undefined> {
  const found = findKind(taggable, scope, arn);
  return found?.kind.findTags(db, scope, found.id);
}

function findKind(taggable: TaggableResources, scope: Scope, arn: string): { kind: Taggable; id: string } | undefined {
  const parsed = parseArn(arn);
  const kind = parsed && taggable[parsed.resourceType];
  if (kind === undefined || parsed?.account !== scope.account || parsed.region !== scope.region) return undefined;
  return { kind, id: parsed.id };
}

function getKind(taggable: TaggableResources, scope: Scope, arn: string): { kind: Taggable; id: string } {
  const found = findKind(taggable, scope, arn);
  if (found === undefined) throw notFound();
  return found;
}

async function tagsOf(db: Database, kind: Taggable, scope: Scope, id: string): Promise<Tags> {
  const tags = await kind.findTags(db, scope, id);
  if (tags === undefined) throw notFound();
  return tags;
}

function notFound(): ResourceNotFoundException {
  return new ResourceNotFoundException('Resource not found');
}
