import type { Tags } from '@proscenium/model';
import { type Decision, decide } from '../policy/decide.ts';
import { managedPolicies } from '../policy/managed-policies.ts';
import { readPolicy } from '../policy/read-policy.ts';
import type { Administration } from './administration.ts';
import { getUser } from './user-row.ts';

/** A request that nobody makes. */
export type SimulatedRequest = {
  readonly action: string;
  readonly resource: string;
  readonly requestTags?: Tags | undefined;
  readonly resourceTags?: Tags | undefined;
};

/** @property policies what the user has */
export type Simulated = { readonly decision: Decision; readonly policies: readonly string[] };

/** Says what a user may do, without doing it. */
export class Simulation {
  readonly #administration: Administration;

  constructor(administration: Administration) {
    this.#administration = administration;
  }

  /** @throws AdministrationError when there is no such user */
  async ask(userName: string, request: SimulatedRequest): Promise<Simulated> {
    const { db, account } = this.#administration;
    const user = await getUser(db, account, userName);
    const attached = await db
      .selectFrom('user_policies')
      .leftJoin('policies', (join) =>
        join.onRef('policies.name', '=', 'user_policies.policy_name').on('policies.account', '=', account),
      )
      .select(['policy_name', 'document_json'])
      .where('user_seq', '=', user.seq)
      .orderBy('user_policies.seq')
      .execute();
    const policies = attached.map(({ policy_name, document_json }) =>
      readPolicy(document_json === null ? managedPolicies.get(policy_name) : JSON.parse(document_json)),
    );
    const tagKeys = Object.keys(request.requestTags ?? {});
    return {
      decision: decide(policies, { ...request, tagKeys }),
      policies: attached.map(({ policy_name }) => policy_name),
    };
  }
}
