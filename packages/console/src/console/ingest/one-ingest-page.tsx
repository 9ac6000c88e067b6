import type { IngestConfiguration } from '@proscenium/model';
import { useState } from 'preact/hooks';
import { arnOf, idOf, type Wire } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CallForm } from '../controls/call-form.tsx';
import { Copyable, CopyButton } from '../controls/copy-button.tsx';
import { CheckField, SelectField } from '../controls/fields.tsx';
import { Mark } from '../controls/mark.tsx';
import { Facts, Nothing, Page, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { TagsEditor } from '../controls/tags-editor.tsx';
import { Verbatim } from '../controls/verbatim.tsx';
import { useSession } from '../session.ts';
import { DeleteConfiguration } from '../settings/delete-configuration.tsx';
import { hrefOf } from '../shell/route.ts';
import { type EncoderAddress, ffmpegCommand, ffmpegTestCommand, obsSettings } from './encoder-settings.ts';

const lookMs = 4_000;

/** An ingest configuration: whether its encoder publishes, and what to set in the encoder. */
export function OneIngestPage({ id }: { id: string }) {
  const { api, facts } = useSession();
  const arn = arnOf(facts, 'ingest-configuration', id);
  const { data, error, reload } = useAnswer(() => api.call('GetIngestConfiguration', { arn }), [api, arn], {
    everyMs: lookMs,
  });
  const [isDeleting, setDeleting] = useState(false);
  const ingest = data?.ingestConfiguration;
  const server = ingest?.ingestProtocol === 'RTMP' ? facts.ingest.rtmp : facts.ingest.rtmps;
  return (
    <Page
      title={ingest?.name || id}
      above={[['Ingest', hrefOf('ingest')]]}
      lead={
        ingest && (
          <>
            <Mark state={ingest.state} />
            <Copyable text={ingest.arn} label="ARN" />
          </>
        )
      }
      actions={
        ingest && (
          <button type="button" class="button danger" onClick={() => setDeleting(true)}>
            Delete…
          </button>
        )
      }
    >
      <Problem error={error} />
      {ingest && !server && (
        <Nothing>This server does not wait for encoders by {ingest.ingestProtocol}. Its settings turn that on.</Nothing>
      )}
      {ingest && server && <EncoderHelp ingest={ingest} server={server} />}
      {ingest && (
        <>
          <Publisher ingest={ingest} />
          <ChangeIngest key={`${ingest.stageArn} ${ingest.redundantIngest}`} ingest={ingest} onChange={reload} />
          <Section title="Tags">
            <TagsEditor arn={arn} />
          </Section>
        </>
      )}
      {isDeleting && (
        <DeleteConfiguration
          operation="DeleteIngestConfiguration"
          arn={arn}
          name={ingest?.name || id}
          onClose={() => setDeleting(false)}
          onDone={() => {
            location.hash = hrefOf('ingest');
          }}
        />
      )}
    </Page>
  );
}

function EncoderHelp({ ingest, server }: { ingest: Wire<IngestConfiguration>; server: string }) {
  const keys = ingest.redundantIngestCredentials?.map(({ streamKey = '' }) => streamKey) ?? [ingest.streamKey];
  return (
    <>
      {keys.map((streamKey, index) => (
        <Settings key={streamKey} address={{ server, streamKey }} encoder={keys.length > 1 ? ` ${index + 1}` : ''} />
      ))}
    </>
  );
}

function Settings({ address, encoder }: { address: EncoderAddress; encoder: string }) {
  const [isShown, setShown] = useState(false);
  // What is on the screen may be seen by many; what is copied is whole.
  const seen = isShown ? address : { ...address, streamKey: '••••••••••••' };
  const shown = new Map(obsSettings(seen));
  return (
    <>
      <Section
        title={`OBS Studio${encoder}`}
        note="Settings → Stream, Output (advanced mode), Video and Audio."
        actions={
          <button type="button" class="button small" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
            {isShown ? 'Hide the stream key' : 'Show the stream key'}
          </button>
        }
      >
        <Facts
          rows={obsSettings(address).map(([name, value]) => [
            name,
            copied.includes(name) ? <Copyable text={value} shown={shown.get(name)} label={name} /> : value,
          ])}
        />
      </Section>
      <Section title={`ffmpeg${encoder}`}>
        <Snippet text={ffmpegCommand(address)} shown={ffmpegCommand(seen)} label="Copy, with a file" />
        <Snippet text={ffmpegTestCommand(address)} shown={ffmpegTestCommand(seen)} label="Copy, with a test picture" />
      </Section>
    </>
  );
}

const copied = ['Server', 'Stream key', 'x264 options'];

function Snippet({ text, shown, label }: { text: string; shown: string; label: string }) {
  return (
    <div class="snippet">
      <Verbatim text={shown} />
      <CopyButton text={text} label={label} />
    </div>
  );
}

/** As whom the encoder comes to the stage. */
function Publisher({ ingest }: { ingest: Wire<IngestConfiguration> }) {
  const { stageArn, userId, participantId, attributes = {}, redundantIngestCredentials = [] } = ingest;
  const ids = [participantId, ...redundantIngestCredentials.map((each) => each.participantId ?? '')];
  return (
    <Section title="Participant">
      <Facts
        rows={[
          ['Stage', stageArn && <a href={hrefOf('stages', idOf(stageArn))}>{idOf(stageArn)}</a>],
          ['User id', userId],
          ...[...new Set(ids)].map(
            (each) => ['Participant id', <Copyable key={each} text={each} label="id" />] as const,
          ),
          ...Object.entries(attributes).map(([name, value]) => [`“${name}”`, value] as const),
        ]}
      />
    </Section>
  );
}

function ChangeIngest({ ingest, onChange }: { ingest: Wire<IngestConfiguration>; onChange: () => void }) {
  const { api } = useSession();
  const stages = useAnswer(() => api.list('ListStages', {}, 'stages'), [api]);
  const { arn, redundantIngest = false } = ingest;
  const [stageArn, setStageArn] = useState(ingest.stageArn);
  const [isRedundant, setRedundant] = useState(redundantIngest);
  return (
    <Section title="Change" note="While the encoder does not publish.">
      <CallForm
        operation="UpdateIngestConfiguration"
        input={{ arn, stageArn, ...(isRedundant !== redundantIngest && { redundantIngest: isRedundant }) }}
        keepsBlanks
        action="Save"
        onDone={onChange}
      >
        <SelectField
          label="Publishes to"
          value={stageArn}
          onValue={setStageArn}
          options={[
            ['', 'No stage'],
            ...(stages.data ?? []).map(({ arn: each, name }) => [each, name || idOf(each)] as const),
          ]}
        />
        <CheckField
          label="Two encoders at a time"
          hint="Each has a stream key of its own; one takes over when the other fails."
          checked={isRedundant}
          onChecked={setRedundant}
        />
      </CallForm>
    </Section>
  );
}
