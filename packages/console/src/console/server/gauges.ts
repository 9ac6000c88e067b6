import { type MetricSamples, readMetrics, sumOf } from './metric-samples.ts';

/** The server's metrics at a moment. */
export interface Reading {
  readonly atMs: number;
  readonly samples: MetricSamples;
}

/** A figure that people look at. */
export interface Gauge {
  readonly group: string;
  readonly title: string;
  /** Undefined where it is not known, or not yet. */
  readonly value: (now: Reading, before: Reading | undefined) => number | undefined;
  readonly write: (value: number) => string;
}

export function read(text: string, atMs: number): Reading {
  return { atMs, samples: readMetrics(text) };
}

const count = (value: number) => value.toLocaleString('en');
const milliseconds = (value: number) => `${(value * 1_000).toFixed(1)} ms`;
const percent = (value: number) => `${Math.round(value * 100)} %`;

function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} GB`;
  return value >= 1e6 ? `${(value / 1e6).toFixed(0)} MB` : `${(value / 1e3).toFixed(0)} kB`;
}

function bitsPerSecond(bytesPerSecond: number): string {
  const bits = bytesPerSecond * 8;
  return bits >= 1e6 ? `${(bits / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bits / 1e3)} kbit/s`;
}

function gauge(
  group: string,
  title: string,
  metric: string,
  write: (value: number) => string,
  labels: Record<string, string> = {},
): Gauge {
  return { group, title, write, value: ({ samples }) => sumOf(samples, metric, labels) };
}

/** How fast a counter of seconds grows: the part of one CPU that is used. */
function busy(group: string, title: string, metric: string): Gauge {
  return {
    group,
    title,
    write: percent,
    value(now, before) {
      const seconds = sumOf(now.samples, metric);
      const earlier = before && sumOf(before.samples, metric);
      if (seconds === undefined || earlier === undefined || before === undefined) return undefined;
      return Math.max(0, (seconds - earlier) / ((now.atMs - before.atMs) / 1_000));
    },
  };
}

export const gauges: readonly Gauge[] = [
  gauge('Now', 'Stages', 'proscenium_stages', count),
  gauge('Now', 'Participants', 'proscenium_participants', count),
  gauge('Now', 'Publishers', 'ivs_realtime_concurrent_publishers', count),
  gauge('Now', 'Subscriptions', 'ivs_realtime_concurrent_subscriptions', count),
  gauge('Now', 'Compositions', 'proscenium_compositions', count),
  gauge('Now', 'Recordings', 'proscenium_recordings', count),
  gauge('Now', 'Encoders', 'proscenium_encoders', count),
  gauge('Media', 'Coming in', 'proscenium_media_incoming_bytes_per_second', bitsPerSecond),
  gauge('Media', 'Going out', 'proscenium_media_outgoing_bytes_per_second', bitsPerSecond),
  gauge('Media', 'Media workers', 'proscenium_media_workers', count),
  gauge('Media', 'Workers that died', 'proscenium_media_worker_deaths_total', count),
  busy('Media', 'CPU of the workers', 'proscenium_media_worker_cpu_seconds_total'),
  busy('Process', 'CPU of the server', 'process_cpu_seconds_total'),
  gauge('Process', 'Memory', 'process_resident_memory_bytes', bytes),
  gauge('Process', 'Lag of the event loop, p99', 'proscenium_event_loop_lag_seconds', milliseconds, {
    percentile: '99',
  }),
  gauge('Process', 'Connections', 'proscenium_http_connections', count),
  gauge('Deliveries', 'Events on their way', 'proscenium_outbox_pending', count),
  gauge('Deliveries', 'Dead letters', 'proscenium_dead_letters', count),
  gauge('Deliveries', 'Recordings to upload', 'proscenium_spool_bytes', bytes),
  gauge('Deliveries', 'Database writes that wait', 'proscenium_database_writes_pending', count),
];
