import { ApiError, wordsOfError } from '../api/api-error.ts';

/** What went wrong, read out when it appears. */
export function Problem({ error }: { error: unknown }) {
  if (error === undefined) return null;
  return (
    <p class="problem" role="alert">
      {wordsOfError(error)}
      {error instanceof ApiError && error.status > 0 && <small>{error.code}</small>}
    </p>
  );
}
