import { type AnyCheck, type Finding, failed, type Result, skipped, warning } from './check.ts';
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
  /** Stops it: what is under way is given up, and what was made is taken away. */
  readonly signal: AbortSignal;
}

/** How long it may take to take away what a check made. */
const UNDO_TIMEOUT_MS = 10_000;

/**
 * Does one check after the other, each within its time. Those whose facts could not be had are skipped with the reason.
 * What checks made is taken away at the end, whatever happened.
 */
export async function* examine(
  checks: readonly AnyCheck[],
  { absent = {}, signal }: ExamineOptions,
): AsyncGenerator<Examined> {
  const facts: Partial<Facts> = {};
  const reasons: Partial<Record<keyof Facts, string>> = { ...absent };
  const undos: NonNullable<Result['undo']>[] = [];
  for (const check of checks) {
    if (signal.aborted) break;
    const startMs = performance.now();
    const result = await attempt(check, facts, reasons, signal);
    Object.assign(facts, result.learned);
    for (const fact of check.learns ?? []) {
      if (facts[fact] === undefined) reasons[fact] ??= `see "${check.title}"`;
    }
    if (result.undo) undos.push(result.undo);
    const { id, title } = check;
    yield { id, title, findings: result.findings, durationMs: performance.now() - startMs };
  }
  const troubles = await undoAll(undos);
  if (troubles.length > 0) yield { id: 'clean-up', title: 'Clean-up', findings: troubles, durationMs: 0 };
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

async function undoAll(undos: readonly NonNullable<Result['undo']>[]): Promise<Finding[]> {
  const troubles: Finding[] = [];
  for (const undo of undos.toReversed()) {
    const ended = rejection(AbortSignal.timeout(UNDO_TIMEOUT_MS));
    try {
      await Promise.race([undo(), ended.promise]);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      troubles.push(
        warning(
          `the stage of this examination was left behind: ${message}`,
          'Delete the stage named proscenium-doctor.',
        ),
      );
    } finally {
      ended.forget();
    }
  }
  return troubles;
}
