import type { Labels, MetricFamily, Sample } from './metric.ts';
import type { StageMeasurement } from './stage-measurements.ts';
import { type Dimension, labelNames, type StageMetric, stageMetrics } from './stage-metrics.ts';
import { average } from './statistic.ts';

/** All of the service's metrics, those without a value too. A series tells the average of what it stands for. */
export function stageFamilies(measurements: readonly StageMeasurement[]): MetricFamily[] {
  const samples = new Map<string, Sample[]>();
  for (const measurement of measurements) {
    const { metric, statistic } = measurement;
    const ofMetric = samples.get(metric) ?? [];
    samples.set(metric, ofMetric);
    ofMetric.push({ labels: labelsOf(measurement), value: average(statistic) });
  }
  const all: StageMetric[] = Object.values(stageMetrics);
  return all.map(({ name, exposed }) => ({ metric: exposed, samples: samples.get(name) ?? [] }));
}

function labelsOf({ scope, dimensions }: StageMeasurement): Labels {
  const labels: Record<string, string> = { account: scope.account, region: scope.region };
  for (const dimension in dimensions)
    labels[labelNames[dimension as Dimension]] = dimensions[dimension as Dimension] ?? '';
  return labels;
}
