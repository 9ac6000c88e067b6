import { type DeliveredMedia, type PublishedStream, totalBps } from '@proscenium/media';
import type { Scope } from '@proscenium/model';
import type { DimensionValues, StageMeasurements } from './stage-measurements.ts';
import { type DimensionSet, type StageMetricName, stageMetrics } from './stage-metrics.ts';
import type { ObservedParticipant, ObservedStage } from './stage-observation.ts';

/** Clients call themselves what they like. */
const MAXIMUM_SDK_VERSIONS = 32;

/**
 * What was observed, as the service's metrics tell it. What concerns many comes first: where there is no room for all
 * series, those of single participants are left out.
 *
 * @param scopes that are told of even when nothing happens in them
 */
export function measureStages(
  stages: readonly ObservedStage[],
  scopes: readonly Scope[],
  into: StageMeasurements,
): void {
  const measured = nameSdkVersions(stages);
  measureScopes(measured, scopes, into);
  for (const stage of measured) measureStage(stage, into);
  for (const part of ['shared', 'single'] as const) {
    for (const { stage, participants } of measured) {
      const { account, region, stageId } = stage;
      const scope = { account, region };
      const add: Target['add'] = (metric, value, known) => {
        const sets = setsOf[metric][part][known.MediaType === undefined ? 'whole' : 'ofStream'];
        into.add(metric, value, { scope, known, sets });
      };
      for (const participant of participants) measureParticipant(participant, stageId, { add });
    }
  }
}

/** What is measured of one stream stands for that stream alone. */
interface SetsOfPart {
  readonly whole: readonly DimensionSet[];
  readonly ofStream: readonly DimensionSet[];
}

/** The sets of each metric: those of many, and those of a single participant. */
const setsOf = Object.fromEntries(
  Object.values(stageMetrics).map(({ name, dimensionSets }) => {
    const partOf = (isSingle: boolean): SetsOfPart => {
      const sets = dimensionSets.filter((set) => set.includes('Participant') === isSingle);
      return {
        whole: sets.filter((set) => !set.includes('MediaType')),
        ofStream: sets.filter((set) => set.includes('MediaType')),
      };
    };
    return [name, { shared: partOf(false), single: partOf(true) }];
  }),
) as Record<StageMetricName, { readonly shared: SetsOfPart; readonly single: SetsOfPart }>;

function measureScopes(stages: readonly ObservedStage[], scopes: readonly Scope[], into: StageMeasurements): void {
  const totals = new Map<string, { scope: Scope; publishers: number; subscriptions: number }>();
  const totalOf = ({ account, region }: Scope) => {
    const key = `${account} ${region}`;
    const total = totals.get(key) ?? { scope: { account, region }, publishers: 0, subscriptions: 0 };
    totals.set(key, total);
    return total;
  };
  for (const scope of scopes) totalOf(scope);
  for (const { stage, participants } of stages) {
    const total = totalOf(stage);
    total.publishers += participants.filter(({ published, isPhysical }) => published && !isPhysical).length;
    total.subscriptions += participants.reduce((sum, { subscriptions }) => sum + subscriptions, 0);
  }
  for (const { scope, publishers, subscriptions } of totals.values()) {
    into.add('ConcurrentPublishers', publishers, { scope, known: {}, sets: [[]] });
    into.add('ConcurrentSubscriptions', subscriptions, { scope, known: {}, sets: [[]] });
  }
}

function measureStage({ stage, participants }: ObservedStage, into: StageMeasurements): void {
  const { account, region, stageId } = stage;
  const place = { scope: { account, region }, known: { Stage: stageId }, sets: [['Stage']] as const };
  const publishers = participants.filter(
    ({ published, isReplica, isPhysical }) => (published && !isPhysical) || isReplica,
  );
  into.add('Publishers', publishers.length, place);
  into.add('Subscribers', participants.filter(({ subscriptions }) => subscriptions > 0).length, place);
}

interface Target {
  add(metric: StageMetricName, value: number, known: DimensionValues): void;
}

function measureParticipant(participant: ObservedParticipant, stageId: string, target: Target): void {
  const { id, client, published, delivered, droppedFramesPercent, subscriptions } = participant;
  const known: DimensionValues = {
    Stage: stageId,
    Platform: client.platform,
    SDKVersion: client.sdkVersion,
    SubscriberCountryCode: client.countryCode,
  };
  if (published) measurePublished(published, { ...known, Participant: id }, target);
  // A receiver has metrics of its own while it publishes as well: audiences are large.
  const receiver = published ? { ...known, Participant: id } : known;
  if (subscriptions > 0 && delivered) measureDelivered(delivered, receiver, target);
  if (subscriptions > 0 && droppedFramesPercent !== undefined) {
    target.add('DroppedFrames', droppedFramesPercent, receiver);
  }
}

function measurePublished(streams: readonly PublishedStream[], known: DimensionValues, target: Target): void {
  const bitrates = streams.flatMap(({ bitrateBps }) => bitrateBps ?? []);
  if (bitrates.length > 0) {
    const sum = bitrates.reduce((total, bitrateBps) => total + bitrateBps, 0);
    target.add('PublishBitrate', sum, known);
  }
  const frameRates = streams.flatMap(({ framesPerSecond }) => framesPerSecond ?? []);
  if (frameRates.length > 0) target.add('PublishFramerate', Math.max(...frameRates), known);
  for (const { kind, layer = 'none', bitrateBps, framesPerSecond, shorterSide } of streams) {
    const ofStream = { ...known, SimulcastLayer: layer, MediaType: kind };
    if (bitrateBps !== undefined) target.add('PublishBitrate', bitrateBps, ofStream);
    if (framesPerSecond !== undefined) target.add('PublishFramerate', framesPerSecond, ofStream);
    if (shorterSide !== undefined) target.add('PublishResolution', shorterSide, ofStream);
  }
}

function measureDelivered(delivered: DeliveredMedia, known: DimensionValues, target: Target): void {
  const { bitrateBps, lost } = delivered;
  target.add('SubscribeBitrate', totalBps(delivered), known);
  for (const kind of ['audio', 'video'] as const) {
    target.add('SubscribeBitrate', bitrateBps[kind], { ...known, MediaType: kind });
  }
  if (lost !== undefined) target.add('DownloadPacketLoss', 100 * lost, known);
}

/** The versions of the first so many, the others without one. */
function nameSdkVersions(stages: readonly ObservedStage[]): ObservedStage[] {
  const versions = new Set<string>();
  return stages.map((stage) => ({
    ...stage,
    participants: stage.participants.map((participant) => {
      const { sdkVersion } = participant.client;
      if (versions.size < MAXIMUM_SDK_VERSIONS) versions.add(sdkVersion);
      if (versions.has(sdkVersion)) return participant;
      return { ...participant, client: { ...participant.client, sdkVersion: '' } };
    }),
  }));
}
