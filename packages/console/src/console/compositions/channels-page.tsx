import { idOf } from '../api/api.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Copyable } from '../controls/copy-button.tsx';
import { Mark } from '../controls/mark.tsx';
import { Nothing, Page } from '../controls/page.tsx';
import { Problem } from '../controls/problem.tsx';
import { Table } from '../controls/table.tsx';
import { useSession } from '../session.ts';
import { hrefOf } from '../shell/route.ts';
import { ChannelPlace } from './channel-place.tsx';

const lookMs = 5_000;
/** Of so many compositions, the newest, the destinations are asked for. */
const maximumCompositions = 20;

/** Channels that the configuration has, and those that compositions go or went to. */
export function ChannelsPage() {
  const { api, facts } = useSession();
  const { data, error } = useAnswer(
    async () => {
      const listed = await api.list('ListCompositions', {}, 'compositions');
      const newest = listed
        .toSorted((one, other) => (other.startTime ?? '').localeCompare(one.startTime ?? ''))
        .slice(0, maximumCompositions);
      const compositions = await Promise.all(newest.map(({ arn }) => api.call('GetComposition', { arn })));
      return compositions.flatMap(({ composition }) =>
        (composition?.destinations ?? []).flatMap(({ configuration: { channel }, state }) =>
          channel ? [{ arn: channel.channelArn, composition: composition?.arn ?? '', state }] : [],
        ),
      );
    },
    [api],
    { everyMs: lookMs },
  );
  const arns = new Set([...(facts.channels ?? []), ...(data ?? [])].map(({ arn }) => arn));
  const rows = [...arns].map((arn) => ({ arn, last: data?.find((each) => each.arn === arn) }));
  return (
    <Page
      title="Channels"
      lead={
        <p>
          {facts.channels
            ? 'Outputs that the server’s configuration names.'
            : 'Each name is a channel with a page of its own, where whoever reaches this server can watch.'}
        </p>
      }
    >
      <Problem error={error} />
      {data && rows.length === 0 && (
        <Nothing>
          <p>No composition goes to a channel.</p>
          <a class="button" href={hrefOf('compositions', 'new')}>
            New composition
          </a>
        </Nothing>
      )}
      {rows.length > 0 && (
        <Table
          label="Channels"
          rows={rows}
          keyOf={({ arn }) => arn}
          columns={[
            {
              title: 'Channel',
              cell: ({ arn }) => (
                <span class="place">
                  <ChannelPlace arn={arn} facts={facts} />
                </span>
              ),
            },
            { title: 'State', cell: ({ last }) => (last ? <Mark state={last.state} /> : <Mark state="Idle" />) },
            {
              title: 'Last composition',
              cell: ({ last }) =>
                last ? (
                  <a href={hrefOf('compositions', idOf(last.composition))}>
                    <code>{idOf(last.composition)}</code>
                  </a>
                ) : (
                  <span class="quiet">–</span>
                ),
            },
            { title: 'ARN', cell: ({ arn }) => <Copyable text={arn} label="channel ARN" shown={idOf(arn)} /> },
          ]}
        />
      )}
    </Page>
  );
}
