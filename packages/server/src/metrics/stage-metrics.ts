import type { MetricDescription } from './metric.ts';

/** By what the service's metrics are told apart. */
export type Dimension =
  | 'Stage'
  | 'Participant'
  | 'Platform'
  | 'SDKVersion'
  | 'SimulcastLayer'
  | 'MediaType'
  | 'SubscriberCountryCode';

export type DimensionSet = readonly Dimension[];

/** How a dimension is called as a label. */
export const labelNames: Readonly<Record<Dimension, string>> = {
  Stage: 'stage',
  Participant: 'participant',
  Platform: 'platform',
  SDKVersion: 'sdk_version',
  SimulcastLayer: 'simulcast_layer',
  MediaType: 'media_type',
  SubscriberCountryCode: 'subscriber_country_code',
};

/** What CloudWatch keeps apart without dimensions: one server has several accounts and regions. */
const SCOPE_LABELS = ['account', 'region'];

export interface StageMetric {
  /** As Amazon IVS calls it. */
  readonly name: StageMetricName;
  /** Of CloudWatch. */
  readonly unit: 'Count' | 'Count/Second' | 'Bits/Second' | 'Percent';
  readonly dimensionSets: readonly DimensionSet[];
  readonly exposed: MetricDescription;
}

const receiverSets: readonly DimensionSet[] = [
  [],
  ['Platform'],
  ['Platform', 'SDKVersion'],
  ['Stage'],
  ['Stage', 'Platform'],
  ['Stage', 'Platform', 'SDKVersion'],
  ['Stage', 'SubscriberCountryCode'],
  ['SubscriberCountryCode'],
];
const streamSet: DimensionSet = ['Stage', 'Participant', 'SimulcastLayer', 'MediaType'];

/** https://docs.aws.amazon.com/ivs/latest/RealTimeUserGuide/real-time-cloudwatch-metrics.html */
export const stageMetrics = {
  ConcurrentPublishers: describe({
    name: 'ConcurrentPublishers',
    unit: 'Count',
    dimensionSets: [[]],
    help: 'Participants that publish now',
  }),
  ConcurrentSubscriptions: describe({
    name: 'ConcurrentSubscriptions',
    unit: 'Count',
    dimensionSets: [[]],
    help: 'Running subscriptions: one is a participant who receives one publisher',
  }),
  Publishers: describe({
    name: 'Publishers',
    unit: 'Count',
    dimensionSets: [['Stage']],
    help: 'Publishers in the stage, replicas included',
  }),
  Subscribers: describe({
    name: 'Subscribers',
    unit: 'Count',
    dimensionSets: [['Stage']],
    help: 'Participants in the stage who receive somebody',
  }),
  PublishBitrate: describe({
    name: 'PublishBitrate',
    unit: 'Bits/Second',
    dimensionSets: [[], ['Platform'], ['Stage'], streamSet],
    help: 'What arrives from a publisher, in bits per second: the average of all publishers, or one stream or layer',
  }),
  PublishFramerate: describe({
    name: 'PublishFramerate',
    unit: 'Count/Second',
    dimensionSets: [['Stage', 'Participant'], streamSet],
    help: "Frames per second of a publisher's best layer, or of each",
  }),
  PublishResolution: describe({
    name: 'PublishResolution',
    unit: 'Count',
    dimensionSets: [streamSet],
    help: 'Shorter side of the pictures of a publisher, in pixels',
  }),
  SubscribeBitrate: describe({
    name: 'SubscribeBitrate',
    unit: 'Bits/Second',
    dimensionSets: [...receiverSets, ['Stage', 'Participant', 'MediaType']],
    help: 'What is sent to a subscriber, in bits per second: the average of all subscribers, or one that publishes as well',
  }),
  DownloadPacketLoss: describe({
    name: 'DownloadPacketLoss',
    unit: 'Percent',
    dimensionSets: [...receiverSets, ['Stage', 'Participant']],
    help: 'Packets that were lost on the way to a subscriber, in percent: the average of all subscribers, or one that publishes as well',
  }),
  DroppedFrames: describe({
    name: 'DroppedFrames',
    unit: 'Percent',
    dimensionSets: [...receiverSets, ['Stage', 'Participant']],
    help: 'Frames that a subscriber dropped, in percent, as its client reports: the average of all subscribers, or one that publishes as well',
  }),
} satisfies Record<string, StageMetric>;

export type StageMetricName =
  | 'ConcurrentPublishers'
  | 'ConcurrentSubscriptions'
  | 'Publishers'
  | 'Subscribers'
  | 'PublishBitrate'
  | 'PublishFramerate'
  | 'PublishResolution'
  | 'SubscribeBitrate'
  | 'DownloadPacketLoss'
  | 'DroppedFrames';

function describe({ help, ...metric }: Omit<StageMetric, 'exposed'> & { help: string }): StageMetric {
  const dimensions = new Set(metric.dimensionSets.flat());
  const labels = [...SCOPE_LABELS, ...Array.from(dimensions, (dimension) => labelNames[dimension])];
  return { ...metric, exposed: { name: exposedName(metric.name), type: 'gauge', help, labels } };
}

/** `DownloadPacketLoss`: `ivs_realtime_download_packet_loss`. */
function exposedName(name: string): string {
  return `ivs_realtime${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}
