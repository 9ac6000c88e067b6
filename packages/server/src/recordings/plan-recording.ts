import { isDeepStrictEqual } from 'node:util';
import { createResourceId } from '@proscenium/model';
import type { Clock } from '../clock.ts';
import type { StageRef } from '../participants/live-stages.ts';
import type { RecordingSettings } from '../stages/recording-settings.ts';
import { stages } from '../stages/stage-table.ts';
import { storageConfigurations } from '../storage-configurations/storage-configuration-table.ts';
import type { Database } from '../store/store.ts';
import type { RecordedPublisher } from './recorded-stages.ts';
import { recordingFolder, recordingPrefix, recordingStartTime } from './recording-prefix.ts';
import type { RecordingRecord } from './recording-table.ts';

/** The recording that a stage makes of a publish; undefined where it makes none. */
export async function planRecording(
  db: Database,
  clock: Clock,
  { stage, participantId }: { stage: StageRef; participantId: string },
  publisher: RecordedPublisher,
): Promise<RecordingRecord | undefined> {
  const { sessionId, isReplica, isVirtual, record } = publisher;
  // Each of its encoders is recorded.
  if (isVirtual) return undefined;
  const settings = await readSettings(db, stage);
  if (settings === undefined || !records(settings, isReplica)) return undefined;
  const { bucketName } = await storageConfigurations.get(db, stage, settings.storageConfigurationArn);
  const folder = recordingFolder(stage, sessionId, participantId);
  const startTime = recordingStartTime(clock.now(), folder, record.recordingS3Prefix);
  return {
    id: createResourceId(),
    stage,
    participantId,
    sessionId,
    bucketName,
    prefix: recordingPrefix(folder, startTime),
    state: 'STARTING',
    settings,
    startTime,
  };
}

/** Whether the stage still records as it did. */
export async function isUpToDate(db: Database, { stage, settings }: RecordingRecord): Promise<boolean> {
  return isDeepStrictEqual(await readSettings(db, stage), settings);
}

/** Whether anything is recorded: without media and thumbnails there is nothing. */
function records(settings: RecordingSettings, isReplica: boolean): boolean {
  const { storageConfigurationArn, mediaTypes, thumbnailConfiguration, recordParticipantReplicas } = settings;
  if (storageConfigurationArn === '' || (isReplica && !recordParticipantReplicas)) return false;
  return mediaTypes[0] !== 'NONE' || thumbnailConfiguration.recordingMode === 'INTERVAL';
}

async function readSettings(db: Database, stage: StageRef): Promise<RecordingSettings | undefined> {
  return (await stages.find(db, stage, stage.stageId))?.recording;
}
