import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CheckField, SelectField, TextField } from '../controls/fields.tsx';
import { MediaFields } from '../recordings/media-fields.tsx';
import { useSession } from '../session.ts';
import type { DestinationChoice } from './destination-choice.ts';

interface DestinationFieldsProps {
  readonly choice: DestinationChoice;
  readonly onChoice: (choice: DestinationChoice) => void;
}

/** A channel, a bucket, or one of each, with an encoder for each. */
export function DestinationFields({ choice, onChoice }: DestinationFieldsProps) {
  const { api, facts } = useSession();
  const encoders = useAnswer(() => api.list('ListEncoderConfigurations', {}, 'encoderConfigurations'), [api]);
  const storages = useAnswer(() => api.list('ListStorageConfigurations', {}, 'storageConfigurations'), [api]);
  const change = (part: Partial<DestinationChoice>) => onChoice({ ...choice, ...part });
  const encoderOptions = (encoders.data ?? []).map(({ arn, name }) => [arn, name || idOf(arn)] as const);
  return (
    <>
      <CheckField label="To a channel" checked={choice.toChannel} onChecked={(toChannel) => change({ toChannel })} />
      {choice.toChannel && (
        <div class="columns">
          {facts.channels ? (
            <SelectField
              label="Channel"
              value={choice.channel}
              onValue={(channel) => change({ channel })}
              required
              options={facts.channels.map(
                ({ arn, address }) => [arn, `${idOf(arn)} (${address ?? 'built in'})`] as const,
              )}
            />
          ) : (
            <TextField
              label="Channel"
              value={choice.channel}
              onValue={(channel) => change({ channel })}
              required
              pattern="[a-zA-Z0-9]+|arn:aws:ivs:.+"
              patternWords="A channel has letters from a to z and digits alone, or is a whole ARN."
              hint="Letters and digits, or a whole ARN. Each has a page of its own here."
            />
          )}
          <SelectField
            label="Encoder of the channel"
            value={choice.channelEncoderArn}
            onValue={(channelEncoderArn) => change({ channelEncoderArn })}
            options={[['', '720p, 30 frames a second, 2.5 Mbit/s'], ...encoderOptions]}
          />
        </div>
      )}
      <SelectField
        label="Record to"
        value={choice.storageArn}
        onValue={(storageArn) => change({ storageArn })}
        options={[
          ['', 'Do not record'],
          ...(storages.data ?? []).map(
            ({ arn, name, s3 }) => [arn, `${name || idOf(arn)} (${s3?.bucketName})`] as const,
          ),
        ]}
        hint={
          storages.data?.length === 0
            ? 'Recordings need a storage configuration, which is made under Storage.'
            : undefined
        }
      />
      {choice.storageArn && (
        <div class="columns">
          <SelectField
            label="Encoder of the recording"
            value={choice.recordingEncoderArn}
            onValue={(recordingEncoderArn) => change({ recordingEncoderArn })}
            required
            options={[['', 'Choose an encoder'], ...encoderOptions]}
            hint={encoders.data?.length === 0 ? 'There is none yet. One is made under Encoders.' : undefined}
          />
          <MediaFields
            segmentSeconds={choice.segmentSeconds}
            onSegmentSeconds={(segmentSeconds) => change({ segmentSeconds })}
            thumbnails={choice.thumbnails}
            onThumbnails={(thumbnails) => change({ thumbnails })}
          />
        </div>
      )}
    </>
  );
}
