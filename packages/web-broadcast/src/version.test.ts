import assert from 'node:assert/strict';
import { it } from 'node:test';
import manifest from '../package.json' with { type: 'json' };
import { __version } from './version.ts';

it('the version is that of the package', () => {
  assert.equal(__version, manifest.version);
});
