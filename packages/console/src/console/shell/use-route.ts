import { useEffect, useState } from 'preact/hooks';
import { type Route, readRoute } from './route.ts';

/** Where somebody is now. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => readRoute(location.hash));
  useEffect(() => {
    const follow = () => {
      setRoute(readRoute(location.hash));
      scrollTo(0, 0);
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return route;
}
