import { useCallback, useState } from 'preact/hooks';
import { Api, type ServerFacts } from '../api/api.ts';
import type { SigningKey } from '../api/signature.ts';
import { MetricHistory } from '../server/metric-history.ts';
import { type Session, SessionContext } from '../session.ts';
import { SignIn } from '../sign-in/sign-in.tsx';
import { Navigation } from './navigation.tsx';
import type { Route } from './route.ts';
import { useRoute } from './use-route.ts';
import { View } from './view.tsx';

/** The whole console: the way in, or what there is inside. */
export function App() {
  const [session, setSession] = useState<Session>();
  const route = useRoute();
  const signIn = useCallback(async (key: SigningKey, region: string) => {
    const api = new Api(key, region, location.origin);
    const facts = await api.request<ServerFacts>('GET', '/proscenium/server');
    setSession({ api, facts, history: new MetricHistory(), signOut: () => setSession(undefined) });
  }, []);
  if (!session) return <SignIn signIn={signIn} />;
  return (
    <SessionContext.Provider value={session}>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to content
      </button>
      <div class="frame">
        <Navigation route={route} />
        <main id="main" tabIndex={-1}>
          <View key={keyOf(route)} route={route} />
        </main>
      </div>
    </SessionContext.Provider>
  );
}

/** Parts of a stage are one view, which keeps its live pictures; everything else begins anew. */
function keyOf(route: Route): string {
  return route.slice(0, route[0] === 'stages' && route.length < 4 ? 2 : 4).join('/');
}
