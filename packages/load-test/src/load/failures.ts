import { Refused } from '../clients/signalling.ts';

/** What went wrong in one way. */
export interface Failure {
  readonly reason: string;
  readonly count: number;
}

const MAXIMUM_REASONS = 30;
const OTHER = 'other reasons';

/** Counts what went wrong, by reason. */
export class Failures {
  readonly #counts = new Map<string, number>();

  add(reason: string, count = 1): void {
    const known = this.#counts.has(reason) || this.#counts.size < MAXIMUM_REASONS;
    const key = known ? reason : OTHER;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
  }

  get count(): number {
    return this.#counts.values().reduce((sum, count) => sum + count, 0);
  }

  /** The most frequent first. */
  get list(): Failure[] {
    return [...this.#counts].map(([reason, count]) => ({ reason, count })).sort((one, two) => two.count - one.count);
  }
}

/** The same for all who fail in the same way: without what names one of them. */
export function failureReason(error: unknown): string {
  if (error instanceof Refused) return `answered with ${error.status}: ${saidMessage(error.text)}`;
  // One address after the other was tried: the first failure stands for all.
  if (error instanceof AggregateError) return failureReason(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'ECONNREFUSED') return `nobody listens on ${address}:${port} (ECONNREFUSED)`;
  if (code === 'ENOTFOUND') return `the server's name is not known (${error.message})`;
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** Errors come as JSON with a `message` (docs/signalling.md), or as anything else from a proxy. */
function saidMessage(text: string): string {
  try {
    const { message } = JSON.parse(text);
    if (typeof message === 'string') return message;
  } catch {
    // Not JSON: the text speaks for itself.
  }
  return text.split('\n')[0]?.trim() || 'nothing';
}
