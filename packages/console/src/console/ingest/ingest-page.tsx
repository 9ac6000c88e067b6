import { idOf } from '../api/api.ts';
import { Mark } from '../controls/mark.tsx';
import { useSession } from '../session.ts';
import { ConfigurationList } from '../settings/configuration-list.tsx';
import { hrefOf } from '../shell/route.ts';
import { CreateIngest } from './create-ingest.tsx';

/** Encoders that may publish to a stage by RTMP. */
export function IngestPage() {
  const { api } = useSession();
  return (
    <ConfigurationList
      title="Ingest"
      purpose="Lets an encoder such as OBS publish to a stage by a stream key."
      make="New ingest"
      ask={() => api.list('ListIngestConfigurations', {}, 'ingestConfigurations')}
      hrefOf={(id) => hrefOf('ingest', id)}
      columns={[
        { title: 'State', cell: ({ state }) => <Mark state={state} /> },
        { title: 'Protocol', cell: ({ ingestProtocol }) => ingestProtocol },
        {
          title: 'Stage',
          cell: ({ stageArn }) =>
            stageArn ? (
              <a href={hrefOf('stages', idOf(stageArn))}>{idOf(stageArn)}</a>
            ) : (
              <span class="quiet">none</span>
            ),
        },
      ]}
      remove="DeleteIngestConfiguration"
      form={(onClose) => <CreateIngest onClose={onClose} />}
    />
  );
}
