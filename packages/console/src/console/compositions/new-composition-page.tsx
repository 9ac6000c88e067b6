import { useState } from 'preact/hooks';
import { arnOf, idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CallForm } from '../controls/call-form.tsx';
import { SelectField, TagsField } from '../controls/fields.tsx';
import { Page } from '../controls/page.tsx';
import { readPairs } from '../controls/pairs.ts';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';
import { destinationsOf, usualDestinations } from './destination-choice.ts';
import { DestinationFields } from './destination-fields.tsx';
import { configurationOf, type LayoutChoice, usualLayout } from './layout-choice.ts';
import { LayoutFields } from './layout-fields.tsx';
import { LayoutPicture } from './layout-picture.tsx';

const maximumPeople = 12;

/**
 * Starts a composition; a picture shows before that what it will look like.
 *
 * @param props.stageId of a stage that is chosen to begin with
 */
export function NewCompositionPage({ stageId }: { stageId: string | undefined }) {
  const { api, facts } = useSession();
  const stages = useAnswer(() => api.list('ListStages', {}, 'stages'), [api]);
  const [stageArn, setStageArn] = useState(stageId ? arnOf(facts, 'stage', stageId) : '');
  const [where, setWhere] = useState(() => usualDestinations(facts));
  const [tags, setTags] = useState('');
  const [choice, setChoice] = useState<LayoutChoice>(usualLayout);
  const [count, setCount] = useState(5);
  const shownEncoderArn =
    (where.toChannel && where.channelEncoderArn) || (where.storageArn && where.recordingEncoderArn);
  const encoder = useAnswer(
    async () => (shownEncoderArn ? api.call('GetEncoderConfiguration', { arn: shownEncoderArn }) : undefined),
    [api, shownEncoderArn],
  );
  const { width = 1280, height = 720 } = encoder.data?.encoderConfiguration?.video ?? {};
  const destinations = destinationsOf(where, facts);
  return (
    <Page title="New composition" above={[['Compositions', hrefOf('compositions')]]}>
      <div class="beside preview">
        <CallForm
          operation="StartComposition"
          input={{ stageArn, layout: configurationOf(choice), destinations, ...(tags && { tags: readPairs(tags) }) }}
          keepsBlanks
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
          <DestinationFields choice={where} onChoice={setWhere} />
          {destinations.length === 0 && (
            <p class="hint">A composition goes to a channel, to a bucket, or to one of each.</p>
          )}
          <LayoutFields choice={choice} onChoice={setChoice} />
          <TagsField value={tags} onValue={setTags} />
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
