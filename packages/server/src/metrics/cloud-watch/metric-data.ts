import type { StageMeasurement } from '../stage-measurements.ts';
import { type Dimension, type StageMetric, stageMetrics } from '../stage-metrics.ts';
import type { Statistic } from '../statistic.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
export interface MetricDatum {
  readonly name: string;
  readonly unit: StageMetric['unit'];
  readonly dimensions: readonly (readonly [name: Dimension, value: string])[];
  readonly time: Date;
  readonly statistic: Statistic;
  /** 1: kept by the second for some hours. */
  readonly resolutionSeconds: 1 | 60;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const MAXIMUM_METRICS = 1_000;
const MAXIMUM_BODY_BYTES = 1_000_000;
/** One metric of ours takes some 600 bytes; what takes more than this is none of ours. */
const MAXIMUM_METRIC_BYTES = 8_000;

export function metricDatum(
  { metric, dimensions, statistic }: StageMeasurement,
  time: Date,
  resolutionSeconds: MetricDatum['resolutionSeconds'],
): MetricDatum {
  return {
    name: metric,
    unit: stageMetrics[metric].unit,
    dimensions: Object.entries(dimensions) as [Dimension, string][],
    time,
    statistic,
    resolutionSeconds,
  };
}

/** A call of PutMetricData as the AWS query protocol has it. */
export interface PutMetricDataBody {
  readonly body: string;
  /** How many metrics there are in it. */
  readonly metrics: number;
}

export interface PutMetricDataCalls {
  readonly calls: PutMetricDataBody[];
  /** Metrics that stand in none of them, since one alone is longer than any of ours is. */
  readonly tooLong: number;
}

/** The calls that put all of these metrics, each within what CloudWatch takes. */
export function writeCalls(
  namespace: string,
  data: Iterable<MetricDatum>,
  { maximumMetrics = MAXIMUM_METRICS, maximumBytes = MAXIMUM_BODY_BYTES } = {},
): PutMetricDataCalls {
  const head = `Action=PutMetricData&Version=2010-08-01&Namespace=${encodeURIComponent(namespace)}`;
  const calls: PutMetricDataBody[] = [];
  let parts: string[] = [];
  let bytes = head.length;
  let tooLong = 0;
  const finish = () => {
    if (parts.length > 0) calls.push({ body: [head, ...parts].join(''), metrics: parts.length });
    parts = [];
    bytes = head.length;
  };
  for (const datum of data) {
    let part = writeDatum(datum, parts.length + 1);
    if (part.length > MAXIMUM_METRIC_BYTES) {
      tooLong += 1;
      continue;
    }
    if (parts.length === maximumMetrics || bytes + part.length > maximumBytes) {
      finish();
      part = writeDatum(datum, 1);
    }
    parts.push(part);
    bytes += part.length;
  }
  finish();
  return { calls, tooLong };
}

/** Only ASCII, so that as many bytes as characters. */
function writeDatum(
  { name, unit, dimensions, time, statistic, resolutionSeconds }: MetricDatum,
  member: number,
): string {
  const fields: [string, string | number][] = [
    ['MetricName', name],
    ['Unit', unit],
    ['Timestamp', time.toISOString()],
    ...dimensions.flatMap(([dimension, value], index): [string, string][] => [
      [`Dimensions.member.${index + 1}.Name`, dimension],
      [`Dimensions.member.${index + 1}.Value`, value],
    ]),
    ['StatisticValues.SampleCount', statistic.count],
    ['StatisticValues.Sum', statistic.sum],
    ['StatisticValues.Minimum', statistic.minimum],
    ['StatisticValues.Maximum', statistic.maximum],
    ...(resolutionSeconds === 1 ? [['StorageResolution', 1] as [string, number]] : []),
  ];
  const prefix = `&MetricData.member.${member}.`;
  return fields.map(([field, value]) => `${prefix}${field}=${encodeURIComponent(value)}`).join('');
}
