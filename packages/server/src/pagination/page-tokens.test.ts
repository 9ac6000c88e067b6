import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { openTestStore, scope } from '../control-plane.fixture.ts';
import { type Listing, loadPageTokens, PageTokens } from './page-tokens.ts';

const pageTokens = new PageTokens(randomBytes(32));
const listing: Listing = { operation: 'ListParticipants', scope, filters: ['stage', 'st-1', undefined, true] };

test('a page token keeps its position, whatever that is', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (position) => {
      const token = pageTokens.seal(listing, position);
      assert.match(token, /^[a-zA-Z0-9+/=_-]{1,1024}$/);
      assert.equal(pageTokens.open(listing, token), position);
    }),
  );
});

test('a page token is a value on a command line, not an option', () => {
  for (let byte = 0; byte < 256; byte += 1) {
    const token = new PageTokens(randomBytes(32), (length) => Buffer.alloc(length, byte)).seal(listing, 7);
    assert.doesNotMatch(token, /^-/);
  }
});

test('a page token does not show its position', () => {
  assert.notEqual(pageTokens.seal(listing, 7), pageTokens.seal(listing, 7));
});

test('a page token is worth nothing in another listing', () => {
  const token = pageTokens.seal(listing, 7);
  const others: Listing[] = [
    { ...listing, operation: 'ListStages' },
    { ...listing, scope: { ...scope, account: '210987654321' } },
    { ...listing, scope: { ...scope, region: 'eu-west-1' } },
    { ...listing, filters: ['stage', 'st-2', undefined, true] },
    { ...listing, filters: ['stage', 'st-1', true, undefined] },
    { ...listing, filters: [] },
  ];
  for (const other of others) assert.throws(() => pageTokens.open(other, token), { name: 'ValidationException' });
});

test('a page token that is changed anywhere is refused', () => {
  const token = pageTokens.seal(listing, 7);
  for (let index = 0; index < token.length; index += 1) {
    const changed = token.slice(0, index) + (token[index] === 'A' ? 'B' : 'A') + token.slice(index + 1);
    assert.throws(() => pageTokens.open(listing, changed), { name: 'ValidationException' }, `at ${index}`);
  }
});

test('what is no page token is refused', () => {
  const token = pageTokens.seal(listing, 7);
  for (const other of ['x', 'null', `${token}=`, `${token}A`, token.slice(1), token.repeat(21), '/'.repeat(48)]) {
    assert.throws(() => pageTokens.open(listing, other), { name: 'ValidationException' });
  }
  assert.throws(() => new PageTokens(randomBytes(32)).open(listing, token), { name: 'ValidationException' });
});

test('page tokens outlive a restart', async (t) => {
  const store = await openTestStore(t);
  const token = (await loadPageTokens(store)).seal(listing, 7);
  assert.equal((await loadPageTokens(store)).open(listing, token), 7);
});
