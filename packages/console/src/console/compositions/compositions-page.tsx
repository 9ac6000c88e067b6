import { useState } from 'preact/hooks';
import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CommandLine } from '../controls/command-line.tsx';
import { SelectField } from '../controls/fields.tsx';
import { Nothing, Page } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';
import { CompositionTable } from './composition-table.tsx';

const lookMs = 4_000;

/** Compositions, the newest first. */
export function CompositionsPage() {
  const { api } = useSession();
  const [stageArn, setStageArn] = useState('');
  const [encoderArn, setEncoderArn] = useState('');
  const input = {
    ...(stageArn && { filterByStageArn: stageArn }),
    ...(encoderArn && { filterByEncoderConfigurationArn: encoderArn }),
  };
  const { data, error } = useAnswer(
    () => api.list('ListCompositions', input, 'compositions'),
    [api, stageArn, encoderArn],
    { everyMs: lookMs },
  );
  const stages = useAnswer(() => api.list('ListStages', {}, 'stages'), [api]);
  const encoders = useAnswer(() => api.list('ListEncoderConfigurations', {}, 'encoderConfigurations'), [api]);
  const isFiltered = stageArn !== '' || encoderArn !== '';
  const start = (
    <a class="button primary" href={hrefOf('compositions', 'new')}>
      New composition
    </a>
  );
  const rows = (data ?? []).toSorted((one, other) => (other.startTime ?? '').localeCompare(one.startTime ?? ''));
  return (
    <Page
      title="Compositions"
      lead={<p>Many pictures of a stage made into one, for viewers and for the archive.</p>}
      actions={start}
    >
      <Problem error={error} />
      {(isFiltered || (data && data.length > 0)) && (
        <div class="columns filters">
          <SelectField
            label="Stage"
            value={stageArn}
            onValue={setStageArn}
            options={[
              ['', 'All stages'],
              ...(stages.data ?? []).map(({ arn, name }) => [arn, name || idOf(arn)] as const),
            ]}
          />
          <SelectField
            label="Encoder"
            value={encoderArn}
            onValue={setEncoderArn}
            options={[
              ['', 'All encoders'],
              ...(encoders.data ?? []).map(({ arn, name }) => [arn, name || idOf(arn)] as const),
            ]}
          />
        </div>
      )}
      {data?.length === 0 && isFiltered && <Nothing>No composition is of these.</Nothing>}
      {data?.length === 0 && !isFiltered && (
        <Nothing>
          <h2>Nothing is composed</h2>
          <p>A composition puts everybody on a stage into one picture, and sends it to a channel or records it.</p>
          {start}
        </Nothing>
      )}
      {rows.length > 0 && <CompositionTable rows={rows} />}
      <CommandLine command={api.command('ListCompositions', input)} />
    </Page>
  );
}
