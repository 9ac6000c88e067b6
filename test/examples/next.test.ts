import { describe, test } from 'node:test';
import { chromiumMissing } from '../support/chromium.ts';
import { testBuiltAudience } from './built-example.ts';

describe('the Next sample', { skip: chromiumMissing() }, () => {
  test('is built by Next with an alias and rendered without a browser, and shows who publishes', async (t) => {
    await testBuiltAudience(t, { name: 'next', served: 'out' });
  });
});
