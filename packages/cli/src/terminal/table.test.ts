import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTable } from './table.ts';

test('columns are as wide as what is in them, and lines end where their text does', () => {
  const rows = [
    ['bob', 'IVSReadOnlyAccess', ''],
    ['alexandra', '', 'yes'],
  ];
  assert.equal(
    formatTable(['NAME', 'POLICIES', 'SET'], rows),
    ['NAME       POLICIES           SET', 'bob        IVSReadOnlyAccess', 'alexandra                     yes', ''].join(
      '\n',
    ),
  );
  assert.equal(formatTable(['NAME'], []), 'NAME\n');
});
