interface PageEvents {
  /** The network came back. */
  readonly online: () => void;
  /** The page is seen again, or runs again. */
  readonly awake: () => void;
  /** The page goes away for good. */
  readonly unload: () => void;
}

/** Listens to the page, where there is one. @returns ends it */
export function watchPage({ online, awake, unload }: PageEvents): () => void {
  if (typeof window === 'undefined') return () => {};
  const listening = new AbortController();
  const { signal } = listening;
  window.addEventListener('online', online, { signal });
  // A frozen page may go on without being seen; one from the back-forward cache comes back by the last of these.
  document.addEventListener('resume', awake, { signal });
  window.addEventListener('pageshow', ({ persisted }) => persisted && awake(), { signal });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && awake(), { signal });
  // A page that may be shown again from the back-forward cache stays in the stage.
  window.addEventListener('pagehide', ({ persisted }) => !persisted && unload(), { signal });
  return () => listening.abort();
}
