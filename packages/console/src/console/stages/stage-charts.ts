import type { Series } from '../charts/chart-geometry.ts';
import { bitsPerSecond, count, framesPerSecond, percentage } from '../charts/units.ts';
import type { Reading } from '../server/metric-history.ts';
import type { MetricSample } from '../server/metric-samples.ts';

export interface StageChart {
  readonly title: string;
  readonly write: (value: number) => string;
  readonly series: readonly Series[];
}

/** Dimensions of the service's metrics (docs/metrics.md): a series that has others as well is of another set. */
const dimensions = [
  'stage',
  'participant',
  'simulcast_layer',
  'media_type',
  'platform',
  'sdk_version',
  'subscriber_country_code',
];

/**
 * The server's metrics of one stage as charts.
 *
 * @param nameOf what a participant is called, by its id
 */
export function stageCharts(
  readings: readonly Reading[],
  stageId: string,
  nameOf: (participantId: string) => string,
): StageChart[] {
  const ofStage = (name: string, metric: string): Series => ({
    name,
    values: readings.map(({ samples }) => find(samples.get(metric), { stage: stageId })[0]?.value),
  });
  const ofParticipants = (metric: string, isWanted: (sample: MetricSample) => boolean): Series[] => {
    const perReading = readings.map(({ samples }) =>
      Map.groupBy(
        samples.get(metric)?.filter((sample) => sample.labels.stage === stageId && isWanted(sample)) ?? [],
        ({ labels }) => labels.participant ?? '',
      ),
    );
    const ids = new Set(perReading.flatMap((found) => [...found.keys()]));
    return [...ids].map((id) => ({
      name: nameOf(id),
      values: perReading.map((found) => found.get(id)?.reduce((sum, { value }) => sum + value, 0)),
    }));
  };
  return [
    {
      title: 'Publishers and subscribers',
      write: count,
      series: [ofStage('Publishers', 'ivs_realtime_publishers'), ofStage('Subscribers', 'ivs_realtime_subscribers')],
    },
    {
      title: 'Published, all layers',
      write: bitsPerSecond,
      series: ofParticipants('ivs_realtime_publish_bitrate', ({ labels }) => Boolean(labels.media_type)),
    },
    {
      title: 'Published frame rate',
      write: framesPerSecond,
      series: ofParticipants('ivs_realtime_publish_framerate', ({ labels }) =>
        Boolean(labels.participant && !labels.media_type),
      ),
    },
    {
      title: 'Received by a subscriber on average',
      write: bitsPerSecond,
      series: [ofStage('Bitrate', 'ivs_realtime_subscribe_bitrate')],
    },
    {
      title: 'Lost on the way to subscribers',
      write: percentage,
      series: [
        ofStage('Packets', 'ivs_realtime_download_packet_loss'),
        ofStage('Dropped frames', 'ivs_realtime_dropped_frames'),
      ],
    },
  ];
}

/** Series of exactly these dimensions. */
function find(samples: readonly MetricSample[] = [], wanted: Readonly<Record<string, string>>): MetricSample[] {
  return samples.filter(({ labels }) => dimensions.every((name) => (labels[name] ?? '') === (wanted[name] ?? '')));
}
