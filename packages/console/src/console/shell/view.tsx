import { Nothing, Page } from '../controls/page.tsx';
import { StagesPage } from '../stages/stages-page.tsx';
import { lazily } from './lazily.tsx';
import { hrefOf, type Route } from './route.ts';

// Each area is a piece of its own, loaded when one of its views is first shown.
const access = () => import('./areas/access.ts');
const live = () => import('./areas/live.ts');
const composing = () => import('./areas/composing.ts');
const kept = () => import('./areas/kept.ts');
const operating = () => import('./areas/operating.ts');

const StagePage = lazily(async () => (await live()).StagePage);
const SessionPage = lazily(async () => (await live()).SessionPage);
const ChannelsPage = lazily(async () => (await composing()).ChannelsPage);
const CompositionPage = lazily(async () => (await composing()).CompositionPage);
const CompositionsPage = lazily(async () => (await composing()).CompositionsPage);
const NewCompositionPage = lazily(async () => (await composing()).NewCompositionPage);
const IngestPage = lazily(async () => (await kept()).IngestPage);
const OneIngestPage = lazily(async () => (await kept()).OneIngestPage);
const RecordingPage = lazily(async () => (await kept()).RecordingPage);
const RecordingsPage = lazily(async () => (await kept()).RecordingsPage);
const EncodersPage = lazily(async () => (await kept()).EncodersPage);
const PublicKeysPage = lazily(async () => (await kept()).PublicKeysPage);
const StoragePage = lazily(async () => (await kept()).StoragePage);
const EventsPage = lazily(async () => (await operating()).EventsPage);
const HealthPage = lazily(async () => (await operating()).HealthPage);
const UsersPage = lazily(async () => (await access()).UsersPage);
const UserPage = lazily(async () => (await access()).UserPage);
const PoliciesPage = lazily(async () => (await access()).PoliciesPage);
const PolicyPage = lazily(async () => (await access()).PolicyPage);

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
      if (id === 'new') return <NewCompositionPage stageId={part} />;
      return id ? <CompositionPage id={id} /> : <CompositionsPage />;
    case 'channels':
      return <ChannelsPage />;
    case 'ingest':
      return id ? <OneIngestPage id={id} /> : <IngestPage />;
    case 'storage':
      return <StoragePage />;
    case 'encoders':
      return <EncodersPage />;
    case 'keys':
      return <PublicKeysPage />;
    case 'users':
      return id ? <UserPage name={id} /> : <UsersPage />;
    case 'policies':
      return id ? <PolicyPage name={id} /> : <PoliciesPage />;
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
