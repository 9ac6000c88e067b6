import { EventEmitter } from 'node:events';
import type { Scope } from '@proscenium/model';
import type { Clock } from '../clock.ts';
import { Retention, type RetentionOptions } from '../store/retention.ts';
import type { Database, Store } from '../store/store.ts';
import { clockSkewMs } from './self-signed-token.ts';
import { longestConnectionTokenLifeMs } from './verify-connection-token.ts';

export interface ConnectionRevocationEvents {
  /** The token is good for nothing from now on, and whoever is connected with it has to go. */
  revoked: [scope: Scope, tokenId: string];
}

/** After so long every token that was there when its id was revoked has expired. */
const keepMs = longestConnectionTokenLifeMs + clockSkewMs;

/**
 * The connection tokens that were taken back. Whoever holds connections listens first and asks then: what is revoked in
 * between would be missed the other way round.
 */
export class ConnectionRevocations extends EventEmitter<ConnectionRevocationEvents> {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor({ store, clock }: { store: Store; clock: Clock }) {
    super();
    this.#store = store;
    this.#clock = clock;
  }

  /** Whether there is such a token is not known and does not matter. Once more makes it last longer. */
  async revoke(scope: Scope, tokenId: string): Promise<void> {
    const { account, region } = scope;
    const revoked_time_ms = this.#clock.now().getTime();
    await this.#store.write((trx) =>
      trx
        .insertInto('revoked_connection_tokens')
        .values({ account, region, token_id: tokenId, revoked_time_ms })
        .onConflict((conflict) => conflict.columns(['account', 'region', 'token_id']).doUpdateSet({ revoked_time_ms }))
        .execute(),
    );
    this.emit('revoked', { account, region }, tokenId);
  }

  async isRevoked({ account, region }: Scope, tokenId: string): Promise<boolean> {
    const row = await this.#store.db
      .selectFrom('revoked_connection_tokens')
      .select('seq')
      .where((columns) => columns.and({ account, region, token_id: tokenId }))
      .executeTakeFirst();
    return row !== undefined;
  }
}

/** Removes the revocations that nobody needs any more. */
export function retainRevocations(options: Pick<RetentionOptions, 'store' | 'clock' | 'logger'>): Retention {
  return new Retention({ ...options, what: 'old revocations', keepMs, deleteBefore: deleteRevocationsBefore });
}

/** Rows that one call removes at most: everybody else waits meanwhile. */
const rowsPerCall = 5_000;

/** @returns how many rows it removed; to be called again until that is 0 */
export async function deleteRevocationsBefore(trx: Database, time: Date): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('revoked_connection_tokens')
    .where('seq', 'in', (select) =>
      select
        .selectFrom('revoked_connection_tokens')
        .select('seq')
        .where('revoked_time_ms', '<', time.getTime())
        .limit(rowsPerCall),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}
