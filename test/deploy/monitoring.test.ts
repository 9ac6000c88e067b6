import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { root } from '../support/installation.ts';

const missing = spawnSync('promtool', ['--version']).error ? 'Prometheus is not installed' : false;
const file = (name: string) => path.join(root, name);
const rulesFile = file('deploy/prometheus/proscenium.rules.yml');
const rules: { alert: string; expr: string }[] = parse(readFileSync(rulesFile, 'utf8')).groups[0].rules;

function promtool(...args: string[]): void {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
}

describe('the alerts', { skip: missing }, () => {
  test('are taken by Prometheus, with both of its configurations', () => {
    promtool('check', 'rules', rulesFile);
    for (const name of ['prometheus.yml', 'prometheus.compose.yml']) {
      promtool('check', 'config', file(`deploy/prometheus/${name}`));
    }
  });

  test('fire when they should and not otherwise', () => {
    promtool('test', 'rules', file('test/deploy/alerts.yml'));
  });
});

test('each alert is tried', () => {
  const { tests } = parse(readFileSync(file('test/deploy/alerts.yml'), 'utf8'));
  const tried = new Set<string>(
    tests.flatMap((each: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }) =>
      each.alert_rule_test.filter(({ exp_alerts }) => exp_alerts.length > 0).map(({ alertname }) => alertname),
    ),
  );
  assert.deepEqual(
    rules.map(({ alert }) => alert),
    [...new Set(rules.map(({ alert }) => alert))],
  );
  assert.deepEqual(
    rules.map(({ alert }) => alert).filter((alert) => !tried.has(alert)),
    [],
  );
});

test('alerts are made of metrics that there are, and each of them is explained', () => {
  const metrics = readFileSync(file('docs/metrics.md'), 'utf8');
  const page = readFileSync(file('docs/operating.md'), 'utf8');
  for (const { alert, expr } of rules) {
    const names = expr.match(/\b(?:proscenium|ivs_realtime)_\w+/g) ?? [];
    assert.ok(names.length > 0 || alert === 'ProsceniumDown', alert);
    for (const name of names) assert.ok(metrics.includes(`| \`${name.replace(/_bucket$/, '')}\` |`), name);
    assert.ok(page.includes(`\`${alert}\``), `docs/operating.md says nothing of ${alert}`);
  }
});
