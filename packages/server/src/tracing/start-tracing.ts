import type { Logger } from 'pino';
import type { AlarmClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Counter } from '../metrics/counter.ts';
import { type JoinTracing, noJoinTracing } from './join-tracing.ts';

/** Follows joins where the configuration says to where; what that needs is loaded then only. */
export async function startTracing(
  { tracing }: Pick<Config, 'tracing'>,
  { spans }: { readonly spans: Counter },
  logger: Logger,
  clock: AlarmClock,
): Promise<JoinTracing> {
  if (tracing === undefined) return noJoinTracing;
  const [{ JoinTraces }, { SpanExporter }] = await Promise.all([
    import('./join-traces.ts'),
    import('./span-exporter.ts'),
  ]);
  const onOutcome = (outcome: string, count: number) => spans.add({ outcome }, count);
  return new JoinTraces(new SpanExporter(tracing, { clock, logger, onOutcome }), clock);
}
