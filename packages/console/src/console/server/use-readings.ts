import { useMemo } from 'preact/hooks';
import { useAnswer } from '../api/use-answer.ts';
import { useSession } from '../session.ts';
import type { Reading } from './metric-history.ts';

/** The server takes no closer look. */
const lookMs = 5_000;

export interface Readings {
  readonly readings: readonly Reading[];
  readonly error: unknown;
}

/** Reads the server's metrics for as long as a view shows them. Empty for whoever may not see them. */
export function useReadings(): Readings {
  const { api, facts, history } = useSession();
  const { data, error } = useAnswer(
    async () => {
      if (!facts.isOperator) return [];
      const { text } = await api.request<{ text: string }>('GET', '/proscenium/server/metrics');
      history.add(text, Date.now());
      return history.readings;
    },
    [api, facts.isOperator, history],
    { everyMs: lookMs },
  );
  return useMemo(() => ({ readings: data ?? history.readings, error }), [data, error, history]);
}
