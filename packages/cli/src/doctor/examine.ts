import { type AnyCheck, type Finding, failed, type Result, skipped } from './check.ts';
import type { Facts } from './facts.ts';

/** A check that was done, or left out. */
export interface Examined {
  readonly id: string;
  readonly title: string;
  readonly findings: readonly Finding[];
  readonly durationMs: number;
}

export interface ExamineOptions {
  /** Facts that nobody will learn, each with the reason. */
  readonly absent?: Partial<Record<keyof Facts, string>>;
  /** Stops it: what is under way is given up. */
  readonly signal: AbortSignal;
  /** Takes away what the checks made, whatever happened; tells of it where it finds something. */
  readonly cleanUp: AnyCheck;
}

/** Does one check after the other, each within its time. Those whose facts could not be had are skipped with the reason. */
export async function* examine(
  checks: readonly AnyCheck[],
  { absent = {}, signal, cleanUp }: ExamineOptions,
): AsyncGenerator<Examined> {
  const facts: Partial<Facts> = {};
  const reasons: Partial<Record<keyof Facts, string>> = { ...absent };
  for (const check of checks) {
    if (signal.aborted) break;
    const startMs = performance.now();
    const { findings, learned } = await attempt(check, facts, reasons, signal);
    Object.assign(facts, learned);
    for (const fact of check.learns ?? []) {
      if (facts[fact] === undefined) reasons[fact] ??= `see "${check.title}"`;
    }
    yield examinedBy(check, findings, startMs);
  }
  const startMs = performance.now();
  const { findings } = await attempt(cleanUp, facts, reasons, new AbortController().signal);
  if (findings.length > 0) yield examinedBy(cleanUp, findings, startMs);
}

function examinedBy({ id, title }: AnyCheck, findings: readonly Finding[], startMs: number): Examined {
  return { id, title, findings, durationMs: performance.now() - startMs };
}

async function attempt(
  check: AnyCheck,
  facts: Partial<Facts>,
  reasons: Partial<Record<keyof Facts, string>>,
  stop: AbortSignal,
): Promise<Result> {
  const missing = check.needs.find((fact) => facts[fact] === undefined);
  if (missing !== undefined) return { findings: [skipped(reasons[missing] ?? 'it is not known enough')] };
  const limit = AbortSignal.timeout(check.timeoutMs);
  const signal = AbortSignal.any([limit, stop]);
  const ended = rejection(signal);
  try {
    // All that it needs is there.
    return await Promise.race([check.run(facts as Facts, signal), ended.promise]);
  } catch (error) {
    return { findings: [troubleOf(check, error, { tooLate: limit.aborted, stopped: stop.aborted })] };
  } finally {
    ended.forget();
  }
}

function troubleOf(
  check: AnyCheck,
  error: unknown,
  { tooLate, stopped }: { tooLate: boolean; stopped: boolean },
): Finding {
  if (stopped) return skipped('it was interrupted');
  if (tooLate) {
    const limit = `${Math.round(check.timeoutMs / 1_000)} s`;
    return failed(`it took longer than ${limit}`, 'Run it again when the machine and the network are less busy.');
  }
  const message = error instanceof Error ? error.message : String(error);
  return failed(message, 'Nobody foresaw this. Run it again, and report it if it stays so.');
}

/** Rejects when the signal says so. */
function rejection(signal: AbortSignal): { promise: Promise<never>; forget: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const listener = () => reject(signal.reason);
  signal.addEventListener('abort', listener);
  promise.catch(() => undefined);
  return { promise, forget: () => signal.removeEventListener('abort', listener) };
}
