import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hrefOf, readInvitation, readRoute } from './route.ts';

test('an address is read back as it was written', () => {
  const route = ['stages', 'a/b', 'sessions', 'st-é%'];
  assert.deepEqual(readRoute(hrefOf(...route)), route);
});

test('no address, and one that nobody wrote, lead to the start', () => {
  for (const hash of ['', '#', '#/', '#/%E0%A4%A', '#link=abc']) assert.deepEqual(readRoute(hash), ['stages']);
});

test('a one-time link has a code and nothing else', () => {
  assert.equal(readInvitation('#link=ab-C_1'), 'ab-C_1');
  for (const hash of ['', '#link=', '#link=a b', '#/link=a', '#link=a&b'])
    assert.equal(readInvitation(hash), undefined);
});
