const tones: Readonly<Record<string, string>> = {
  ACTIVE: 'good',
  CONNECTED: 'good',
  Live: 'good',
  Ready: 'good',
  Excellent: 'good',
  Good: 'good',
  Normal: 'warn',
  Poor: 'bad',
  Down: 'bad',
  STARTING: 'warn',
  STOPPING: 'warn',
  RECONNECTING: 'warn',
  FAILED: 'bad',
};

/** A state in a word, with a dot whose colour says no more than the word. */
export function Mark({ state }: { state: string }) {
  const words = /^[A-Z_]+$/.test(state) ? state.charAt(0) + state.slice(1).toLowerCase().replaceAll('_', ' ') : state;
  return (
    <span class="mark" data-tone={tones[state] ?? 'quiet'}>
      {words}
    </span>
  );
}
