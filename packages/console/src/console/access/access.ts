import type { Api } from '../api/api.ts';
import { quote } from '../api/aws-command.ts';

/** An access key without its secret. */
export interface ShownKey {
  readonly accessKeyId: string;
  readonly userName: string;
  readonly active: boolean;
  readonly createdTime: string;
}

/** One that was just made; the secret is told this once. */
export interface NewKey extends ShownKey {
  readonly secretAccessKey: string;
}

export interface User {
  readonly name: string;
  readonly policies: readonly string[];
  readonly accessKeys: readonly ShownKey[];
  /** How many keys the server's configuration gives. */
  readonly configuredAccessKeys: number;
  /** Whether the configuration says what it may do. */
  readonly configured: boolean;
  readonly createdTime: string;
}

export interface Policy {
  readonly name: string;
  /** Whether every account has it, and nobody can change it. */
  readonly managed: boolean;
  readonly configured: boolean;
  /** Names of the users that have it. */
  readonly users: readonly string[];
  readonly document: unknown;
}

/** Who may do what in the account of whoever is signed in (docs/access.md). */
export class Access {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  async users(): Promise<readonly User[]> {
    return (await this.#call<{ users: User[] }>('ListUsers')).users;
  }

  createUser(userName: string, policyNames: readonly string[]) {
    return this.#call<{ user: User }>('CreateUser', { userName, policyNames });
  }

  deleteUser(userName: string) {
    return this.#call('DeleteUser', { userName });
  }

  attachPolicy(userName: string, policyName: string) {
    return this.#call('AttachUserPolicy', { userName, policyName });
  }

  detachPolicy(userName: string, policyName: string) {
    return this.#call('DetachUserPolicy', { userName, policyName });
  }

  async createKey(userName: string): Promise<NewKey> {
    return (await this.#call<{ accessKey: NewKey }>('CreateAccessKey', { userName })).accessKey;
  }

  async rotateKey(accessKeyId: string): Promise<NewKey> {
    return (await this.#call<{ accessKey: NewKey }>('RotateAccessKey', { accessKeyId })).accessKey;
  }

  setKeyActive(accessKeyId: string, active: boolean) {
    return this.#call('UpdateAccessKey', { accessKeyId, active });
  }

  deleteKey(accessKeyId: string) {
    return this.#call('DeleteAccessKey', { accessKeyId });
  }

  async policies(): Promise<readonly Policy[]> {
    return (await this.#call<{ policies: Policy[] }>('ListPolicies')).policies;
  }

  putPolicy(policyName: string, policyDocument: string) {
    return this.#call('PutPolicy', { policyName, policyDocument });
  }

  deletePolicy(policyName: string) {
    return this.#call('DeletePolicy', { policyName });
  }

  async simulate(userName: string, action: string, resource: string): Promise<string> {
    const { decision } = await this.#call<{ decision: string }>('SimulateUserPolicy', { userName, action, resource });
    return decision;
  }

  /** @throws {ApiError} */
  #call<Answer = object>(name: string, input: object = {}): Promise<Answer> {
    return this.#api.request('POST', `/proscenium/access/${name}`, input);
  }
}

/** Title of the commands that do the same on the server's machine. */
export const onTheServer = 'Command on the server';

/** `proscenium access user delete bob`. */
export function accessCommand(...words: string[]): string {
  return `proscenium access ${words.map(quote).join(' ')}`;
}
