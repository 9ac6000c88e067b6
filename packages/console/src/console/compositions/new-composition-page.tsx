import type { DestinationConfiguration } from '@proscenium/model';
import { useState } from 'preact/hooks';
import { arnOf, idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CallForm } from '../controls/call-form.tsx';
import { CheckField, SelectField, TextField } from '../controls/fields.tsx';
import { Page } from '../controls/page.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';
import { configurationOf, type LayoutChoice, usualLayout } from './layout-choice.ts';
import { LayoutFields } from './layout-fields.tsx';
import { LayoutPicture } from './layout-picture.tsx';

const maximumPeople = 12;

/** Starts a composition; a picture shows before that what it will look like. */
export function NewCompositionPage() {
  const { api, facts } = useSession();
  const stages = useAnswer(() => api.list('ListStages', {}, 'stages'), [api]);
  const encoders = useAnswer(() => api.list('ListEncoderConfigurations', {}, 'encoderConfigurations'), [api]);
  const storages = useAnswer(() => api.list('ListStorageConfigurations', {}, 'storageConfigurations'), [api]);
  const [stageArn, setStageArn] = useState('');
  const [encoderArn, setEncoderArn] = useState('');
  const [toChannel, setToChannel] = useState(true);
  const [channel, setChannel] = useState('main');
  const [storageArn, setStorageArn] = useState('');
  const [choice, setChoice] = useState<LayoutChoice>(usualLayout);
  const [count, setCount] = useState(5);
  const encoder = useAnswer(
    async () => (encoderArn ? api.call('GetEncoderConfiguration', { arn: encoderArn }) : undefined),
    [api, encoderArn],
  );
  const { width = 1280, height = 720 } = encoder.data?.encoderConfiguration?.video ?? {};
  const channelArn = channel.startsWith('arn:') ? channel : arnOf(facts, 'channel', channel);
  const destinations: DestinationConfiguration[] = [
    ...(toChannel ? [{ channel: { channelArn, ...(encoderArn && { encoderConfigurationArn: encoderArn }) } }] : []),
    ...(storageArn
      ? [
          {
            s3: {
              storageConfigurationArn: storageArn,
              encoderConfigurationArns: encoderArn ? [encoderArn] : [],
              recordingConfiguration: { format: 'HLS' as const },
            },
          },
        ]
      : []),
  ];
  return (
    <Page title="New composition" above={[['Compositions', hrefOf('compositions')]]}>
      <div class="beside preview">
        <CallForm
          operation="StartComposition"
          input={{ stageArn, layout: configurationOf(choice), destinations }}
          action="Start it"
          onDone={({ composition }) => {
            location.hash = hrefOf('compositions', idOf(composition?.arn ?? ''));
          }}
        >
          <SelectField
            label="Stage"
            value={stageArn}
            onValue={setStageArn}
            required
            options={[
              ['', 'Choose a stage'],
              ...(stages.data ?? []).map(({ arn, name }) => [arn, name || idOf(arn)] as const),
            ]}
          />
          <SelectField
            label="Encoder"
            value={encoderArn}
            onValue={setEncoderArn}
            required={storageArn !== ''}
            options={[
              ['', '720p, 30 frames a second, 2.5 Mbit/s'],
              ...(encoders.data ?? []).map(({ arn, name }) => [arn, name || idOf(arn)] as const),
            ]}
            hint={
              storageArn !== '' && encoderArn === ''
                ? 'A recording needs one of the encoder configurations.'
                : undefined
            }
          />
          <CheckField label="To a channel" checked={toChannel} onChecked={setToChannel} />
          {toChannel && (
            <TextField
              label="Channel"
              value={channel}
              onValue={setChannel}
              required
              hint="Letters and digits, or a whole ARN. Where the settings name no channels, each is built in and has a page of its own."
            />
          )}
          <SelectField
            label="Record to"
            value={storageArn}
            onValue={setStorageArn}
            options={[
              ['', 'Do not record'],
              ...(storages.data ?? []).map(
                ({ arn, name, s3 }) => [arn, `${name || idOf(arn)} (${s3?.bucketName})`] as const,
              ),
            ]}
          />
          <LayoutFields choice={choice} onChoice={setChoice} />
        </CallForm>
        <figure>
          <LayoutPicture choice={choice} count={count} width={width} height={height} />
          <figcaption>
            <label>
              {`With ${count} ${count === 1 ? 'participant' : 'participants'}`}
              <input
                type="range"
                min={1}
                max={maximumPeople}
                value={count}
                onInput={({ currentTarget }) => setCount(currentTarget.valueAsNumber)}
              />
            </label>
            <span class="quiet">{`${width} × ${height}. The first has the attribute that features, the second that of the window.`}</span>
          </figcaption>
        </figure>
      </div>
    </Page>
  );
}
