import { bitsPerSecond, bytes, count, milliseconds, percent, perSecond } from '../charts/units.ts';
import type { Reading } from './metric-history.ts';
import { sumOf } from './metric-samples.ts';

/** A figure of the server. */
export interface Gauge {
  readonly title: string;
  /** Undefined where it is not known, or not yet. */
  readonly value: (now: Reading, before: Reading | undefined) => number | undefined;
}

/** Figures that belong together, have one unit, and are drawn in one picture. */
export interface GaugeGroup {
  readonly title: string;
  readonly write: (value: number) => string;
  readonly gauges: readonly Gauge[];
}

function gauge(title: string, metric: string, labels: Record<string, string> = {}, factor = 1): Gauge {
  return {
    title,
    value: ({ samples }) => {
      const value = sumOf(samples, metric, labels);
      return value === undefined ? undefined : value * factor;
    },
  };
}

/** How much a counter grows in a second. A counter that began anew has not grown. */
function growth(title: string, metric: string): Gauge {
  return {
    title,
    value(now, before) {
      if (before === undefined) return undefined;
      // Of what has never happened there is no sample.
      const [counted, earlier] = [sumOf(now.samples, metric) ?? 0, sumOf(before.samples, metric) ?? 0];
      return Math.max(0, (counted - earlier) / ((now.atMs - before.atMs) / 1_000));
    },
  };
}

const lag = 'proscenium_event_loop_lag_seconds';

export const gaugeGroups: readonly GaugeGroup[] = [
  {
    title: 'People',
    write: count,
    gauges: [
      gauge('Participants', 'proscenium_participants'),
      gauge('Publishers', 'ivs_realtime_concurrent_publishers'),
      gauge('Subscriptions', 'ivs_realtime_concurrent_subscriptions'),
    ],
  },
  {
    title: 'Media',
    write: bitsPerSecond,
    gauges: [
      gauge('Coming in', 'proscenium_media_incoming_bytes_per_second', {}, 8),
      gauge('Going out', 'proscenium_media_outgoing_bytes_per_second', {}, 8),
    ],
  },
  {
    title: 'CPU, of one core',
    write: percent,
    gauges: [
      growth('Server', 'process_cpu_seconds_total'),
      growth('Media workers', 'proscenium_media_worker_cpu_seconds_total'),
      gauge('Composers', 'proscenium_composition_cores'),
    ],
  },
  {
    title: 'Under way',
    write: count,
    gauges: [
      gauge('Stages', 'proscenium_stages'),
      gauge('Compositions', 'proscenium_compositions'),
      gauge('Recordings', 'proscenium_recordings'),
      gauge('Encoders', 'proscenium_encoders'),
    ],
  },
  {
    title: 'Requests',
    write: perSecond,
    gauges: [
      growth('Answered', 'proscenium_http_requests_total'),
      growth('Errors of the API', 'proscenium_api_errors_total'),
      growth('Limits hit', 'proscenium_limits_hit_total'),
    ],
  },
  {
    title: 'What died or failed',
    write: count,
    gauges: [
      gauge('Media workers', 'proscenium_media_worker_deaths_total'),
      gauge('Composers', 'proscenium_composer_deaths_total'),
      gauge('Ingest programs', 'proscenium_ingest_program_deaths_total'),
      gauge('Dead letters', 'proscenium_dead_letters'),
    ],
  },
  {
    title: 'Memory',
    write: bytes,
    gauges: [
      gauge('Server', 'process_resident_memory_bytes'),
      gauge('Media workers', 'proscenium_media_worker_resident_memory_bytes'),
    ],
  },
  {
    title: 'Lag of the event loop',
    write: milliseconds,
    gauges: [gauge('p50', lag, { percentile: '50' }), gauge('p99', lag, { percentile: '99' })],
  },
  {
    title: 'Waiting',
    write: count,
    gauges: [
      gauge('Events on their way', 'proscenium_outbox_pending'),
      gauge('Database writes', 'proscenium_database_writes_pending'),
    ],
  },
  { title: 'Recordings to upload', write: bytes, gauges: [gauge('On the way', 'proscenium_spool_bytes')] },
];
