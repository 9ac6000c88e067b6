import { describe, test } from 'node:test';
import { chromiumMissing } from '../support/chromium.ts';
import { testBuiltMeeting } from './built-example.ts';

describe('the React sample', { skip: chromiumMissing() }, () => {
  test('is built by Vite with an alias, and lets two people meet', (t) =>
    testBuiltMeeting(t, { name: 'react', served: 'dist' }));
});
