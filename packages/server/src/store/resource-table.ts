import {
  formatArn,
  ResourceNotFoundException,
  type ResourceType,
  type Scope,
  ServiceQuotaExceededException,
  type Tags,
} from '@proscenium/model';
import type { Expression, ExpressionBuilder, Generated, Insertable, Kysely, Selectable, SqlBool } from 'kysely';
import type { Slice } from '../pagination/read-page.ts';
import type { Taggable } from '../tags/taggable.ts';
import { ownId } from './own-id.ts';
import { preparedQuery } from './prepared-query.ts';
import type { Database } from './store.ts';
import type { Tables } from './tables.ts';

/** The columns that every table of a resource has. */
export interface ResourceColumns {
  seq: Generated<number>;
  account: string;
  region: string;
  /** The last part of the ARN. */
  id: string;
  name: string;
  tags_json: string;
}

/** What every resource has, as the store keeps it. */
export type ResourceRecord = { id: string; name: string; tags: Tags };

type ResourceTables = { [Name in keyof Tables as Tables[Name] extends ResourceColumns ? Name : never]: Tables[Name] };
type ResourceTableName = keyof ResourceTables;
/** The columns that only this kind of resource has. */
type OwnColumns<Name extends ResourceTableName> = Omit<ResourceTables[Name], keyof ResourceColumns>;
type Own<Record extends ResourceRecord> = Omit<Record, keyof ResourceRecord>;

/** What must hold of a row, in terms of its columns. */
export type Condition<Columns> = (
  row: ExpressionBuilder<{ resources: ResourceColumns & Columns }, 'resources'>,
) => Expression<SqlBool>;

/** One kind of resource in the store, and what is done to all kinds alike. */
export interface ResourceTable<Record extends ResourceRecord, Columns = object> extends Taggable {
  insert(trx: Database, scope: Scope, record: Record): Promise<void>;
  /** @throws ServiceQuotaExceededException when there are `quota` of them already */
  insertWithin(quota: number, trx: Database, scope: Scope, record: Record): Promise<void>;
  find(db: Database, scope: Scope, id: string): Promise<Record | undefined>;
  /** What an ARN names. @throws ResourceNotFoundException also for what belongs to another account or region */
  get(db: Database, scope: Scope, arn: string): Promise<Record>;
  /** Newest first, those alone whose columns equal the given ones. */
  list(db: Database, scope: Scope, slice: Slice, where?: Partial<Columns>): Promise<(Record & { seq: number })[]>;
  /** Newest first, those alone that meet a condition. */
  listWhere(
    db: Database,
    scope: Scope,
    slice: Slice,
    condition: Condition<Columns>,
  ): Promise<(Record & { seq: number })[]>;
  update(trx: Database, scope: Scope, record: Record): Promise<void>;
  delete(trx: Database, scope: Scope, id: string): Promise<void>;
  arn(scope: Scope, record: { id: string }): string;
  notFound(): ResourceNotFoundException;
}

export function resourceTable<Name extends ResourceTableName, Record extends ResourceRecord>(
  table: Name,
  kind: {
    resourceType: ResourceType;
    /** The kind in a sentence: "Stage". */
    title: string;
    /** The kind in a sentence about many: "stages". */
    plural: string;
    toColumns(record: Record): Insertable<OwnColumns<Name>>;
    fromRow(row: Selectable<OwnColumns<Name>>): Own<Record>;
  },
): ResourceTable<Record, Selectable<OwnColumns<Name>>> {
  // A table that is known by its common columns alone: the own ones come from and go to the two functions of the kind.
  const common = (db: Database) => db as unknown as Kysely<{ resources: ResourceColumns }>;
  const resources = table as 'resources';
  const one = ({ account, region }: Scope, id: string) => ({ account, region, id });

  function toRow({ name, tags, ...rest }: Record) {
    const own = kind.toColumns({ name, tags, ...rest } as Record);
    return { name, tags_json: JSON.stringify(tags), ...own };
  }

  function toRecord(row: Selectable<ResourceColumns>): Record & { seq: number } {
    const own = kind.fromRow(row as unknown as Selectable<OwnColumns<Name>>);
    const { seq, id, name, tags_json } = row;
    return { id, name, tags: JSON.parse(tags_json), ...own, seq } as Record & { seq: number };
  }

  const select = preparedQuery((db, { account, region, id }: ReturnType<typeof one>) =>
    common(db)
      .selectFrom(resources)
      .selectAll()
      .where((columns) => columns.and({ account, region, id })),
  );
  const count = preparedQuery((db, { account, region }: Scope) =>
    common(db)
      .selectFrom(resources)
      .select((rows) => rows.fn.countAll<number>().as('count'))
      .where((columns) => columns.and({ account, region })),
  );

  const find: ResourceTable<Record>['find'] = async (db, scope, id) => {
    const [row] = await select(db, one(scope, id));
    if (row === undefined) return undefined;
    const { seq, ...record } = toRecord(row);
    return record as unknown as Record;
  };

  const insert: ResourceTable<Record>['insert'] = async (trx, { account, region }, record) => {
    const row = { account, region, id: record.id, ...toRow(record) };
    await common(trx).insertInto(resources).values(row).execute();
  };

  async function listRows(db: Database, { account, region }: Scope, slice: Slice, condition: Condition<object>) {
    const rows = await common(db)
      .selectFrom(resources)
      .selectAll()
      .where((row) => row.and({ account, region }))
      .where(condition)
      .where('seq', '<', slice.before)
      .orderBy('seq', 'desc')
      .limit(slice.limit)
      .execute();
    return rows.map(toRecord);
  }

  const notFound = () => new ResourceNotFoundException(`${kind.title} not found`);

  return {
    find,
    insert,
    notFound,

    async get(db, scope, arn) {
      const id = ownId(scope, kind.resourceType, arn);
      const record = id === undefined ? undefined : await find(db, scope, id);
      if (record === undefined) throw notFound();
      return record;
    },

    async insertWithin(quota, trx, scope, record) {
      const [total] = await count(trx, scope);
      if ((total?.count ?? 0) >= quota) {
        throw new ServiceQuotaExceededException(`There can be at most ${quota} ${kind.plural}`);
      }
      await insert(trx, scope, record);
    },

    list: (db, scope, slice, where = {}) => listRows(db, scope, slice, (row) => row.and({ ...where })),

    listWhere: (db, scope, slice, condition) => listRows(db, scope, slice, condition as unknown as Condition<object>),

    async update(trx, scope, record) {
      await common(trx)
        .updateTable(resources)
        .set(toRow(record))
        .where((columns) => columns.and(one(scope, record.id)))
        .execute();
    },

    async delete(trx, scope, id) {
      await common(trx)
        .deleteFrom(resources)
        .where((columns) => columns.and(one(scope, id)))
        .execute();
    },

    async findTags(db, scope, id) {
      const record = await find(db, scope, id);
      return record?.tags;
    },

    async replaceTags(trx, scope, id, tags) {
      await common(trx)
        .updateTable(resources)
        .set({ tags_json: JSON.stringify(tags) })
        .where((columns) => columns.and(one(scope, id)))
        .execute();
    },

    arn: ({ account, region }, { id }) => formatArn({ account, region, resourceType: kind.resourceType, id }),
  };
}
