import type { Scope } from '@proscenium/model';
import { hasMadeChannel } from '../channels/channel-table.ts';
import { encoderConfigurations } from '../encoder-configurations/encoder-configuration-table.ts';
import { fillVideoSettings, type VideoSettings } from '../encoder-configurations/video-settings.ts';
import { storageConfigurations } from '../storage-configurations/storage-configuration-table.ts';
import type { Database } from '../store/store.ts';
import type { CompositionOrder, DestinationOrder } from './composition-media.ts';
import type { CompositionRecord, DestinationRecord } from './composition-table.ts';
import { hasEnded } from './life-cycle.ts';

/** What a composition asks of the media, for the destinations that have not ended. What it refers to is there for as long as it runs, and never changes. */
export async function readCompositionOrder(
  db: Database,
  scope: Scope,
  composition: CompositionRecord,
): Promise<CompositionOrder> {
  const destinations: DestinationOrder[] = [];
  for (const destination of composition.destinations) {
    if (hasEnded(destination)) continue;
    destinations.push(await readDestination(db, scope, composition, destination));
  }
  const { account, region } = scope;
  return {
    stage: { account, region, stageId: composition.stageId },
    compositionId: composition.id,
    layout: composition.layout,
    destinations,
  };
}

/** Where below its bucket a destination records. */
export function recordingPrefix({ stageId, id }: CompositionRecord, destination: DestinationRecord): string {
  return `${stageId}/${id}/${destination.id}/composite`;
}

async function readDestination(
  db: Database,
  scope: Scope,
  composition: CompositionRecord,
  destination: DestinationRecord,
): Promise<DestinationOrder> {
  const { id, settings } = destination;
  if (settings.channel !== undefined) {
    const { channelArn, encoderConfigurationArn } = settings.channel;
    const video = await readVideo(db, scope, encoderConfigurationArn);
    const isMade = await hasMadeChannel(db, scope, channelArn);
    return { id, video, output: { type: 'channel', channelArn, isMade } };
  }
  const { storageConfigurationArn, encoderConfigurationArns, recordingConfiguration, thumbnailConfigurations } =
    settings.s3;
  const { bucketName } = await storageConfigurations.get(db, scope, storageConfigurationArn);
  return {
    id,
    video: await readVideo(db, scope, encoderConfigurationArns[0]),
    output: {
      type: 's3',
      bucketName,
      keyPrefix: recordingPrefix(composition, destination),
      recordingConfiguration,
      ...(thumbnailConfigurations && { thumbnailConfigurations }),
    },
  };
}

async function readVideo(db: Database, scope: Scope, encoderConfigurationArn?: string): Promise<VideoSettings> {
  if (encoderConfigurationArn === undefined) return fillVideoSettings(undefined);
  const { video } = await encoderConfigurations.get(db, scope, encoderConfigurationArn);
  return video;
}
