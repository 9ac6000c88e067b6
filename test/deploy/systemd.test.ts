import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { root } from '../support/installation.ts';

const missing = spawnSync('systemd-analyze', ['--version']).error ? 'systemd is not installed' : false;
const unit = readFileSync(path.join(root, 'deploy/systemd/proscenium.service'), 'utf8');
const installed = '/opt/proscenium/node_modules/.bin/proscenium';

test('the unit starts the command that npm installs, with options that it knows', () => {
  const [, command = '', ...options] = /^ExecStart=(\S+) serve (--config) \S+ (--data) \S+$/m.exec(unit) ?? [];
  assert.equal(command, installed);
  const launcher = path.join(root, 'node_modules/.bin/proscenium');
  const { stdout } = spawnSync(launcher, ['serve', '--help'], { encoding: 'utf8' });
  for (const option of options) assert.ok(stdout.includes(option), option);
});

test('the unit has no faults that systemd knows', { skip: missing }, (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'proscenium-unit-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'proscenium.service');
  // It wants the program to be there.
  writeFileSync(file, unit.replace(installed, path.join(root, 'node_modules/.bin/proscenium')));
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.equal(status, 0);
});
