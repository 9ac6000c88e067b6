import { useEffect, useState } from 'preact/hooks';
import { useSession } from '../session.ts';
import { readServiceEvent, type ServiceEvent } from './service-event.ts';

const maximumEvents = 500;
const retryMs = 2_000;

export interface Following {
  /** The newest first, since the page was opened. */
  readonly events: readonly ServiceEvent[];
  readonly isConnected: boolean;
  /** Why nothing comes; undefined while it does. */
  readonly error: unknown;
}

/** Follows the server's events that match a pattern, and takes the stream up again where it was cut off. */
export function useEvents(pattern: object): Following {
  const { api } = useSession();
  const [state, setState] = useState<Following>({ events: [], isConnected: false, error: undefined });
  const text = JSON.stringify(pattern);
  useEffect(() => {
    const abortion = new AbortController();
    const { signal } = abortion;
    setState({ events: [], isConnected: false, error: undefined });
    let lastId = '';
    const path = `/proscenium/events/stream${text === '{}' ? '' : `?pattern=${encodeURIComponent(text)}`}`;
    const follow = async () => {
      while (!signal.aborted) {
        setState((before) => ({ ...before, isConnected: true, error: undefined }));
        let error: unknown;
        await api
          .follow(path, lastId, signal, ({ id, data }) => {
            lastId = id;
            const event = readServiceEvent(data);
            if (event) setState((before) => ({ ...before, events: [event, ...before.events].slice(0, maximumEvents) }));
          })
          .catch((reason: unknown) => {
            error = reason;
          });
        if (signal.aborted) return;
        setState((before) => ({ ...before, isConnected: false, error }));
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    };
    void follow();
    return () => abortion.abort();
  }, [api, text]);
  return state;
}
