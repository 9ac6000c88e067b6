import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Api, ServerFacts } from './api/api.ts';
import type { MetricHistory } from './server/metric-history.ts';

/** Somebody who is signed in. Gone with the page, for it is written down nowhere. */
export interface Session {
  readonly api: Api;
  readonly facts: ServerFacts;
  readonly history: MetricHistory;
  readonly signOut: () => void;
}

export const SessionContext = createContext<Session | undefined>(undefined);

/** @throws {Error} outside of what is shown to people who are signed in */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('Nobody is signed in');
  return session;
}
