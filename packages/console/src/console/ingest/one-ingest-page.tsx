import type { IngestConfiguration } from '@proscenium/model';
import { useState } from 'preact/hooks';
import { arnOf, idOf, type Wire } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CallForm } from '../controls/call-form.tsx';
import { Copyable, CopyButton } from '../controls/copy-button.tsx';
import { SelectField } from '../controls/fields.tsx';
import { Mark } from '../controls/mark.tsx';
import { Facts, Nothing, Page, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { useSession } from '../session.ts';
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
    >
      <Problem error={error} />
      {ingest && !server && (
        <Nothing>This server does not wait for encoders by {ingest.ingestProtocol}. Its settings turn that on.</Nothing>
      )}
      {ingest && server && <EncoderHelp ingest={ingest} server={server} />}
      {ingest && <Attach key={ingest.stageArn} ingest={ingest} onChange={reload} />}
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
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <pre tabIndex={0}>{shown}</pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}

function Attach({ ingest, onChange }: { ingest: Wire<IngestConfiguration>; onChange: () => void }) {
  const { api } = useSession();
  const stages = useAnswer(() => api.list('ListStages', {}, 'stages'), [api]);
  const [stageArn, setStageArn] = useState(ingest.stageArn);
  return (
    <Section title="Stage">
      <CallForm
        operation="UpdateIngestConfiguration"
        input={{ arn: ingest.arn, stageArn }}
        keepsBlanks
        action="Save"
        onDone={onChange}
      >
        <SelectField
          label="Publishes to"
          value={stageArn}
          onValue={setStageArn}
          options={[['', 'No stage'], ...(stages.data ?? []).map(({ arn, name }) => [arn, name || idOf(arn)] as const)]}
          hint="It can be changed while the encoder does not publish."
        />
      </CallForm>
    </Section>
  );
}
