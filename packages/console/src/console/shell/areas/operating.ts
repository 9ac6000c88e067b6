export { EventsPage } from '../../events/events-page.tsx';
export { HealthPage } from '../../server/health-page.tsx';
