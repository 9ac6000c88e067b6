import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAccounts } from './accounts.ts';

test('an account is active unless it is listed as something else', () => {
  const accounts = createAccounts([
    { id: '111122223333', state: 'PENDING_VERIFICATION' },
    { id: '444455556666', state: 'ACTIVE' },
  ]);
  assert.equal(accounts.stateOf('111122223333'), 'PENDING_VERIFICATION');
  assert.equal(accounts.stateOf('444455556666'), 'ACTIVE');
  assert.equal(accounts.stateOf('123456789012'), 'ACTIVE');
});

test('an account that is listed twice is refused, whatever its states', () => {
  const listed = { id: '111122223333', state: 'ACTIVE' } as const;
  assert.throws(() => createAccounts([listed, listed]), /listed twice/);
});
