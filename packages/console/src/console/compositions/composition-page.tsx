import type { Destination } from '@proscenium/model';
import { useState } from 'preact/hooks';
import { arnOf, idOf, type ServerFacts, type Wire } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CallForm } from '../controls/call-form.tsx';
import { Copyable } from '../controls/copy-button.tsx';
import { Dialog } from '../controls/dialog.tsx';
import { Mark } from '../controls/mark.tsx';
import { Facts, Page, Section } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Table } from '../controls/table.tsx';
import { Duration, Moment } from '../controls/time.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';
import { LayoutPicture } from './layout-picture.tsx';

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

function Place({ destination, facts }: { destination: Wire<Destination>; facts: ServerFacts }) {
  const { configuration, detail } = destination;
  const { channel, s3 } = configuration;
  if (channel) {
    const isOwn = channel.channelArn.startsWith(arnOf(facts, 'channel', ''));
    return isOwn ? (
      <a
        class="strong"
        href={`${facts.channelsPath}${idOf(channel.channelArn)}`}
        target="_blank"
        rel="noopener noreferrer"
      >
        Channel {idOf(channel.channelArn)}
      </a>
    ) : (
      <span>Channel {idOf(channel.channelArn)}</span>
    );
  }
  const prefix = detail?.s3?.recordingPrefix;
  return (
    <span>
      Recording to {idOf(s3?.storageConfigurationArn ?? '')}
      {prefix && <Copyable text={prefix} label="prefix of the recording" />}
    </span>
  );
}
