import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFilesLimit, readOpenFilesLimit } from './file-limit.ts';

test('the limit of open files is the soft one', () => {
  const limits = 'Max processes             100                  200                  processes\n';
  const line = 'Max open files            1024                 524288               files     \n';
  assert.equal(readOpenFilesLimit(limits + line), 1_024);
  assert.equal(readOpenFilesLimit(limits), undefined);
  assert.equal(
    readOpenFilesLimit('Max open files            unlimited            unlimited            files\n'),
    undefined,
  );
});

test('this process has one on Linux', { skip: process.platform !== 'linux' }, () => {
  assert.ok((openFilesLimit() ?? 0) > 20);
});
