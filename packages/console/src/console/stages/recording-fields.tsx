import type { AutoParticipantRecordingConfiguration } from '@proscenium/model';
import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CheckField, NumberField, SelectField } from '../controls/fields.tsx';
import { MediaFields } from '../recordings/media-fields.tsx';
import { noThumbnails, type ThumbnailChoice, thumbnailChoiceOf, thumbnailsOf } from '../recordings/thumbnail-choice.ts';
import { useSession } from '../session.ts';

/** What people choose of individual recording. */
export interface RecordingChoice {
  /** None: nobody is recorded. */
  readonly storageConfigurationArn: string;
  readonly mediaType: string;
  readonly thumbnails: ThumbnailChoice;
  /** Undefined: the service's default. */
  readonly segmentSeconds: number | undefined;
  readonly reconnectSeconds: number | undefined;
  readonly replicas: boolean;
}

export const noRecording: RecordingChoice = {
  storageConfigurationArn: '',
  mediaType: 'AUDIO_VIDEO',
  thumbnails: noThumbnails,
  segmentSeconds: undefined,
  reconnectSeconds: undefined,
  replicas: true,
};

/** The configuration of a stage that records so. */
export function recordingOf(choice: RecordingChoice): AutoParticipantRecordingConfiguration {
  const { storageConfigurationArn, mediaType, segmentSeconds, reconnectSeconds, replicas } = choice;
  const thumbnails = thumbnailsOf(choice.thumbnails);
  // Without a place nothing is recorded, whatever else is said.
  if (!storageConfigurationArn) return { storageConfigurationArn };
  return {
    storageConfigurationArn,
    mediaTypes: [mediaType === 'AUDIO_ONLY' ? 'AUDIO_ONLY' : 'AUDIO_VIDEO'],
    ...(thumbnails && { thumbnailConfiguration: { recordingMode: 'INTERVAL', ...thumbnails } }),
    ...(segmentSeconds !== undefined && { hlsConfiguration: { targetSegmentDurationSeconds: segmentSeconds } }),
    ...(reconnectSeconds !== undefined && { recordingReconnectWindowSeconds: reconnectSeconds }),
    recordParticipantReplicas: replicas,
  };
}

export function choiceOf(configuration: AutoParticipantRecordingConfiguration | undefined): RecordingChoice {
  const { storageConfigurationArn = '', mediaTypes, thumbnailConfiguration, hlsConfiguration } = configuration ?? {};
  const hasThumbnails = thumbnailConfiguration?.recordingMode === 'INTERVAL';
  return {
    storageConfigurationArn: mediaTypes?.includes('NONE') ? '' : storageConfigurationArn,
    mediaType: mediaTypes?.[0] ?? 'AUDIO_VIDEO',
    thumbnails: hasThumbnails ? thumbnailChoiceOf(thumbnailConfiguration) : noThumbnails,
    segmentSeconds: hlsConfiguration?.targetSegmentDurationSeconds,
    reconnectSeconds: configuration?.recordingReconnectWindowSeconds || undefined,
    replicas: configuration?.recordParticipantReplicas ?? true,
  };
}

interface RecordingFieldsProps {
  readonly value: RecordingChoice;
  readonly onValue: (value: RecordingChoice) => void;
}

export function RecordingFields({ value, onValue }: RecordingFieldsProps) {
  const { api } = useSession();
  const { data = [] } = useAnswer(() => api.list('ListStorageConfigurations', {}, 'storageConfigurations'), [api]);
  const change = (part: Partial<RecordingChoice>) => onValue({ ...value, ...part });
  return (
    <>
      <SelectField
        label="Record each participant to"
        value={value.storageConfigurationArn}
        onValue={(storageConfigurationArn) => change({ storageConfigurationArn })}
        options={[
          ['', 'Nobody is recorded'],
          ...data.map(({ arn, name, s3 }) => [arn, `${name || idOf(arn)} (${s3?.bucketName})`] as const),
        ]}
        hint={data.length === 0 ? 'Recordings need a storage configuration, which is made under Storage.' : undefined}
      />
      {value.storageConfigurationArn && (
        <div class="columns">
          <SelectField
            label="What"
            value={value.mediaType}
            onValue={(mediaType) => change({ mediaType })}
            options={[
              ['AUDIO_VIDEO', 'Audio and video'],
              ['AUDIO_ONLY', 'Audio only'],
            ]}
          />
          <MediaFields
            segmentSeconds={value.segmentSeconds}
            onSegmentSeconds={(segmentSeconds) => change({ segmentSeconds })}
            thumbnails={value.thumbnails}
            onThumbnails={(thumbnails) => change({ thumbnails })}
          />
          <NumberField
            label="Go on after … seconds away"
            value={value.reconnectSeconds}
            onValue={(reconnectSeconds) => change({ reconnectSeconds })}
            min={0}
            max={300}
            placeholder="0"
          />
          <CheckField
            label="Record replicas too"
            checked={value.replicas}
            onChecked={(replicas) => change({ replicas })}
          />
        </div>
      )}
    </>
  );
}
