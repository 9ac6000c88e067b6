import { type Operation, type OperationName, operations, PendingVerification } from '@proscenium/model';
import type { Accounts } from '../identity/accounts.ts';

/**
 * Whether a caller, by now known, may do what it asks for. An account that is not verified yet is turned away by the
 * operations whose model has an answer for it, and by no others.
 *
 * @param account the caller's
 * @throws PendingVerification
 */
export function authorize(name: OperationName, account: string, accounts: Accounts): void {
  const { errors }: Operation = operations[name];
  if (accounts.stateOf(account) === 'PENDING_VERIFICATION' && errors.includes('PendingVerification')) {
    throw new PendingVerification();
  }
}
