import { CompositionPage } from '../compositions/composition-page.tsx';
import { CompositionsPage } from '../compositions/compositions-page.tsx';
import { NewCompositionPage } from '../compositions/new-composition-page.tsx';
import { Nothing, Page } from '../controls/page.tsx';
import { EventsPage } from '../events/events-page.tsx';
import { IngestPage } from '../ingest/ingest-page.tsx';
import { OneIngestPage } from '../ingest/one-ingest-page.tsx';
import { RecordingPage } from '../recordings/recording-page.tsx';
import { RecordingsPage } from '../recordings/recordings-page.tsx';
import { HealthPage } from '../server/health-page.tsx';
import { SessionPage } from '../sessions/session-page.tsx';
import { EncodersPage } from '../settings/encoders-page.tsx';
import { PublicKeysPage } from '../settings/public-keys-page.tsx';
import { StoragePage } from '../settings/storage-page.tsx';
import { StagePage } from '../stages/stage-page.tsx';
import { StagesPage } from '../stages/stages-page.tsx';
import { hrefOf, type Route } from './route.ts';

/** The view that a route names. */
export function View({ route }: { route: Route }) {
  const [name, id, part, partId] = route;
  switch (name) {
    case 'stages':
      if (id === undefined) return <StagesPage />;
      if (part === 'sessions' && partId !== undefined) return <SessionPage stageId={id} sessionId={partId} />;
      return <StagePage stageId={id} part={part} />;
    case 'recordings':
      return id && part ? <RecordingPage bucket={id} prefix={part} /> : <RecordingsPage />;
    case 'compositions':
      if (id === 'new') return <NewCompositionPage />;
      return id ? <CompositionPage id={id} /> : <CompositionsPage />;
    case 'ingest':
      return id ? <OneIngestPage id={id} /> : <IngestPage />;
    case 'storage':
      return <StoragePage />;
    case 'encoders':
      return <EncodersPage />;
    case 'keys':
      return <PublicKeysPage />;
    case 'events':
      return <EventsPage />;
    case 'health':
      return <HealthPage />;
    default:
      return (
        <Page title="Not found">
          <Nothing>
            <p>The console has no page at this address.</p>
            <a class="button" href={hrefOf('stages')}>
              Go to the stages
            </a>
          </Nothing>
        </Page>
      );
  }
}
