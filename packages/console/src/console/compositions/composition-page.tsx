import type { Composition, Destination } from '@proscenium/model';
import { useState } from 'preact/hooks';
import { arnOf, idOf, type ServerFacts, type Wire } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CallForm } from '../controls/call-form.tsx';
import { CommandLine } from '../controls/command-line.tsx';
import { Copyable } from '../controls/copy-button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { Mark } from '../controls/mark.tsx';
import { Facts, Page, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Table } from '../controls/table.tsx';
import { TagsEditor } from '../controls/tags-editor.tsx';
import { Duration, Moment } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import { lazily } from '../shell/lazily.tsx';
import { hrefOf } from '../shell/route.ts';
import { builtInPage, ChannelPlace } from './channel-place.tsx';
import { LayoutPicture } from './layout-picture.tsx';

const ChannelPreview = lazily(async () => (await import('./channel-preview.tsx')).ChannelPreview);

const lookMs = 3_000;
const peopleInPicture = 5;

/** A composition: how it stands, where it goes, what it looks like, and its end. */
export function CompositionPage({ id }: { id: string }) {
  const { api, facts } = useSession();
  const arn = arnOf(facts, 'composition', id);
  const { data, error, reload } = useAnswer(() => api.call('GetComposition', { arn }), [api, arn], { everyMs: lookMs });
  const [isStopping, setStopping] = useState(false);
  const composition = data?.composition;
  const runs = composition?.state === 'ACTIVE' || composition?.state === 'STARTING';
  const close = () => {
    setStopping(false);
    reload();
  };
  return (
    <Page
      title={id}
      above={[['Compositions', hrefOf('compositions')]]}
      lead={
        composition && (
          <>
            <Mark state={composition.state} />
            <Copyable text={arn} label="composition ARN" />
          </>
        )
      }
      actions={
        runs && (
          <button type="button" class="button danger" onClick={() => setStopping(true)}>
            Stop…
          </button>
        )
      }
    >
      <Problem error={error} />
      {composition && (
        <>
          <div class="beside">
            <Facts
              rows={[
                [
                  'Stage',
                  <a key="stage" href={hrefOf('stages', idOf(composition.stageArn))}>
                    {idOf(composition.stageArn)}
                  </a>,
                ],
                ['Began', <Moment key="began" time={composition.startTime} />],
                ['Lasts', <Duration key="lasts" from={composition.startTime} to={composition.endTime} />],
                ['Layout', composition.layout.pip ? 'Picture in picture' : 'Grid'],
              ]}
            />
            <LayoutPicture
              choice={{
                kind: composition.layout.pip ? 'pip' : 'grid',
                grid: composition.layout.grid ?? {},
                pip: composition.layout.pip ?? {},
              }}
              count={peopleInPicture}
              width={1280}
              height={720}
            />
          </div>
          {channelsOf(composition, facts).map(({ id: channelId, page }) => (
            <Section key={channelId} title="Live preview" note="What viewers of the channel see.">
              <ChannelPreview address={`${page}/multivariant.m3u8`} name={channelId} />
            </Section>
          ))}
          <Section title="Destinations">
            <Table
              label="Destinations"
              rows={composition.destinations}
              keyOf={({ id: destinationId }) => destinationId}
              columns={[
                { title: 'To', cell: (destination) => <Place destination={destination} facts={facts} /> },
                { title: 'State', cell: ({ state }) => <Mark state={state} /> },
                { title: 'Began', cell: ({ startTime }) => <Moment time={startTime} /> },
                { title: 'Ended', cell: ({ endTime }) => <Moment time={endTime} /> },
              ]}
            />
          </Section>
          <Section title="Tags">
            <TagsEditor arn={arn} />
          </Section>
          <CommandLine command={api.command('GetComposition', { arn })} />
        </>
      )}
      {isStopping && (
        <Dialog title="Stop the composition" onClose={close}>
          <CallForm operation="StopComposition" input={{ arn }} action="Stop it" danger onCancel={close} onDone={close}>
            <p>Its destinations end. It cannot be started again; a new one can.</p>
          </CallForm>
        </Dialog>
      )}
    </Page>
  );
}

/** Built-in channels that the composition is being sent to, whose page this server has. */
function channelsOf({ destinations }: Wire<Composition>, facts: ServerFacts) {
  return destinations
    .filter(({ state }) => state === 'ACTIVE' || state === 'STARTING' || state === 'RECONNECTING')
    .flatMap(({ configuration: { channel } }) => {
      const page = channel && builtInPage(channel.channelArn, facts);
      return page ? [{ id: idOf(channel.channelArn), page }] : [];
    });
}

function Place({ destination, facts }: { destination: Wire<Destination>; facts: ServerFacts }) {
  const { configuration, detail } = destination;
  const { channel, s3, name } = configuration;
  const prefix = detail?.s3?.recordingPrefix;
  return (
    <span class="place">
      {name && <strong>{name}</strong>}
      {channel ? (
        <ChannelPlace arn={channel.channelArn} facts={facts} />
      ) : (
        <>
          <span>Recording to {idOf(s3?.storageConfigurationArn ?? '')}</span>
          {prefix && <Copyable text={prefix} label="prefix of the recording" />}
        </>
      )}
    </span>
  );
}
