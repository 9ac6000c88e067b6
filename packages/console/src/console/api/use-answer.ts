import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** What came of a call that a page makes by itself. The last answer stays while the next one is waited for. */
export interface Answer<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  /** Asks again. */
  readonly reload: () => void;
}

export interface UseAnswerOptions {
  /** How often to ask again while the page is in sight. @default never */
  readonly everyMs?: number;
}

/** Asks when the component appears, when one of the `inputs` changes, and again when told to. */
export function useAnswer<T>(
  ask: () => Promise<T>,
  inputs: readonly unknown[],
  { everyMs }: UseAnswerOptions = {},
): Answer<T> {
  const [state, setState] = useState<{ data: T | undefined; error: unknown }>({ data: undefined, error: undefined });
  const turn = useRef(0);
  const reload = useCallback(() => {
    turn.current += 1;
    const mine = turn.current;
    ask().then(
      (data) => mine === turn.current && setState({ data, error: undefined }),
      (error: unknown) => mine === turn.current && setState(({ data }) => ({ data, error })),
    );
    // What `ask` uses is named by the inputs.
  }, inputs);
  useEffect(() => {
    setState({ data: undefined, error: undefined });
    reload();
    return () => {
      turn.current += 1;
    };
  }, [reload]);
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), everyMs);
    return () => clearInterval(timer);
  }, [reload, everyMs]);
  return { ...state, reload };
}
