import type { Facts } from './facts.ts';

export type Status = 'ok' | 'warning' | 'failed' | 'skipped';

/** One thing that was found out. */
export interface Finding {
  readonly status: Status;
  /** What is so, in a line. No secret is in it. */
  readonly says: string;
  /** What to do about it; of every warning and failure. */
  readonly remedy?: string;
}

export interface Result {
  readonly findings: readonly Finding[];
  /** What later checks build on. */
  readonly learned?: Partial<Facts>;
}

/** A question to a deployment. */
export interface Check<Need extends keyof Facts = never> {
  /** Under which programs find it in the report. It stays the same. */
  readonly id: string;
  readonly title: string;
  /** Facts without which it is skipped. */
  readonly needs: readonly Need[];
  /** Facts that it is to find out. */
  readonly learns?: readonly (keyof Facts)[];
  readonly timeoutMs: number;
  /** @throws what nobody foresaw, and when `signal` says that it takes too long */
  run(facts: Partial<Facts> & Required<Pick<Facts, Need>>, signal: AbortSignal): Promise<Result>;
}

/** Any check, for whoever sees to it that its needs are met. */
export type AnyCheck = Omit<Check, 'needs' | 'run'> & {
  readonly needs: readonly (keyof Facts)[];
  run(facts: Facts, signal: AbortSignal): Promise<Result>;
};

export function ok(says: string): Finding {
  return { status: 'ok', says };
}

export function warning(says: string, remedy: string): Finding {
  return { status: 'warning', says, remedy };
}

export function failed(says: string, remedy: string): Finding {
  return { status: 'failed', says, remedy };
}

export function skipped(says: string): Finding {
  return { status: 'skipped', says };
}
