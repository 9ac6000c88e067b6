/** What the server said to a call that it refused, or that it could not be reached. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** Name of the error in the API, `NoConnection` where there was no answer. */
  readonly code: string;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** A sentence for people. */
export function wordsOfError(error: unknown): string {
  if (error instanceof ApiError) return error.message || error.code;
  return error instanceof Error ? error.message : 'Something unexpected went wrong.';
}
