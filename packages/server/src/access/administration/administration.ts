import type { RandomBytes } from '@proscenium/model';
import type { Clock } from '../../clock.ts';
import type { Database, Store } from '../../store/store.ts';
import { recordChange } from '../access-change.ts';

/** What it names is not there; it is not well formed; or it does not fit what there is. */
export type AdministrationFault = 'missing' | 'invalid' | 'conflict';

/** Why a change to users, keys or policies was not made, in words for the person who wants it. */
export class AdministrationError extends Error {
  override readonly name = 'AdministrationError';
  readonly fault: AdministrationFault;

  constructor(message: string, fault: AdministrationFault = 'conflict') {
    super(message);
    this.fault = fault;
  }
}

export type AdministrationParts = {
  readonly store: Store;
  readonly clock: Clock;
  /** Twelve digits. */
  readonly account: string;
  /** Who makes changes, for the audit log. */
  readonly actor: string;
  readonly random?: RandomBytes | undefined;
};

/** Changes to users, keys and policies of one account, each one transaction with its note. */
export class Administration {
  readonly db: Database;
  readonly account: string;
  readonly random: RandomBytes | undefined;
  readonly #parts: AdministrationParts;

  constructor(parts: AdministrationParts) {
    this.#parts = parts;
    this.db = parts.store.db;
    this.account = parts.account;
    this.random = parts.random;
  }

  now(): Date {
    return this.#parts.clock.now();
  }

  /** @param name of the change, as IAM calls it */
  change<T>(name: string, parameters: Record<string, unknown>, work: (trx: Database) => Promise<T>): Promise<T> {
    const { store, account, actor } = this.#parts;
    return store.write(async (trx) => {
      const result = await work(trx);
      await recordChange(trx, { account, name, actor, time: this.now(), parameters });
      return result;
    });
  }
}
