import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { resolveAccess } from './access.ts';
import { ConfigError } from './config-error.ts';

const account = '123456789012';
const document = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'ivs:Get*', Resource: '*' } };
const look = { name: 'look', document };
type Given = Omit<Parameters<typeof resolveAccess>[0], 'account'>;
const resolve = (given: Partial<Given>) => resolveAccess({ account, users: [], policies: [], ...given });

test('users and policies belong to the account unless they say another one', () => {
  const other = '210987654321';
  const users = [
    { name: 'reporter', policies: ['LOOK', 'administratoraccess', 'look'] },
    { name: 'reporter', account: other, policies: ['look'] },
  ];
  assert.deepEqual(resolve({ users, policies: [look, { ...look, name: 'Look', account: other }] }), {
    users: [
      { account, name: 'reporter', policies: ['look', 'AdministratorAccess'] },
      { account: other, name: 'reporter', policies: ['Look'] },
    ],
    policies: [
      { account, ...look },
      { account: other, name: 'Look', document },
    ],
  });
});

const refused: [title: string, given: Partial<Given>, says: RegExp][] = [
  ['a policy twice', { policies: [look, { ...look, name: 'LOOK' }] }, /^policies\[1\]\.name: LOOK is there twice$/],
  [
    'a policy that is there anyway',
    { policies: [{ ...look, name: 'IVSFullAccess' }] },
    /^policies\[0\]\.name: every account/,
  ],
  [
    'a document that cannot be used',
    { policies: [{ ...look, document: {} }] },
    /^policies\[0\]\.document: Statement: must be/,
  ],
  [
    'a user twice',
    { users: ['bob', 'Bob'].map((name) => ({ name, policies: [] })) },
    /^users\[1\]\.name: Bob is there/,
  ],
  [
    'a policy that is not there',
    { users: [{ name: 'bob', policies: ['look'] }] },
    /^users\[0\]\.policies\[0\]: .* has no look of/,
  ],
  [
    "another account's policy",
    { users: [{ name: 'bob', account: '210987654321', policies: ['look'] }], policies: [look] },
    /has no look of the account 210987654321$/,
  ],
];

describe('The configuration is refused for', () => {
  for (const [title, given, says] of refused) {
    test(title, () => {
      assert.throws(
        () => resolve(given),
        (error) => error instanceof ConfigError && says.test(error.message),
      );
    });
  }
});
