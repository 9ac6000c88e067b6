import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { emptyReport, goodReport } from './report.fixture.ts';
import { judge, type Threshold } from './thresholds.ts';

const figures: readonly (readonly [Threshold['name'], number])[] = [
  ['max-failures', 0],
  ['max-loss', 0.02],
  ['max-join-ms-p99', 150],
  ['max-first-frame-ms-p50', 80],
  ['max-latency-ms-p99', 3.75],
  ['min-bitrate', 2_050_000],
];

describe('a limit', () => {
  for (const [name, actual] of figures) {
    test(`${name} is kept up to itself and no further`, () => {
      assert.deepEqual(judge(goodReport, [{ name, limit: actual }]), [{ name, limit: actual, actual, passed: true }]);
      const further = name.startsWith('min-') ? actual + 1 : actual - 0.01;
      assert.equal(judge(goodReport, [{ name, limit: further }])[0]?.passed, false);
    });
  }

  test('is not kept where nothing was measured', () => {
    const judged = judge(
      emptyReport,
      figures.slice(1).map(([name]) => ({ name, limit: name.startsWith('min-') ? 0 : 1_000_000 })),
    );
    assert.ok(judged.every(({ actual, passed }) => actual === null && !passed));
  });

  test('of failures counts those who were thrown out, too', () => {
    const report = { ...emptyReport, disconnects: [{ reason: 'subscriber: gone', count: 3 }] };
    assert.deepEqual(judge(report, [{ name: 'max-failures', limit: 4 }])[0], {
      name: 'max-failures',
      limit: 4,
      actual: 5,
      passed: false,
    });
  });
});
