import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AccessKey, AccessKeys } from '../identity/access-keys.ts';
import { createAccessKeyId, createSecretAccessKey } from '../identity/new-access-key.ts';

const keyLifetimeMs = 12 * 60 * 60 * 1_000;

type User = Pick<AccessKey, 'account' | 'userName'>;

/** All other keys, and whose keys there are. */
export interface KeysOfUsers extends AccessKeys {
  hasUser(user: User): boolean;
}

/**
 * A code that opens the console once, for whoever reads what the server says at its start. It brings an access key of its own,
 * which nobody writes down: it ends after twelve hours, with its user or with the server.
 */
export class ConsoleInvitation implements AccessKeys {
  readonly code = randomBytes(24).toString('base64url');
  readonly #keys: KeysOfUsers;
  readonly #user: User;
  readonly #clock: Clock;
  #taken: { readonly key: AccessKey; readonly endsAtMs: number } | undefined;

  /**
   * @param keys all others, which are found here as well
   * @param user who acts by the key
   */
  constructor(keys: KeysOfUsers, user: User, clock: Clock) {
    this.#keys = keys;
    this.#user = user;
    this.#clock = clock;
  }

  /** @returns undefined where this is not the code, or it was taken before */
  take(code: string): AccessKey | undefined {
    if (this.#taken || !isSame(code, this.code)) return undefined;
    const { account, userName } = this.#user;
    const key = {
      accessKeyId: createAccessKeyId(randomBytes),
      secretAccessKey: createSecretAccessKey(randomBytes),
      account,
      userName,
    };
    this.#taken = { key, endsAtMs: this.#clock.now().getTime() + keyLifetimeMs };
    return key;
  }

  refresh(): Promise<void> {
    return this.#keys.refresh();
  }

  find(accessKeyId: string): AccessKey | undefined {
    const { key, endsAtMs = 0 } = this.#taken ?? {};
    if (key?.accessKeyId !== accessKeyId) return this.#keys.find(accessKeyId);
    return this.#clock.now().getTime() < endsAtMs && this.#keys.hasUser(key) ? key : undefined;
  }
}

/** Takes as long whatever is alike. */
function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}
