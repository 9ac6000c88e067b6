import { interruptOnSignals } from '../interruption.ts';
import { checksOf } from './checks.ts';
import { type Examined, examine } from './examine.ts';
import { formatExamined, formatSummary, hasFailed, jsonReport, pageOf } from './report.ts';
import { cleanUpCheck } from './server/stage.ts';
import { TrialStages } from './server/trial-stages.ts';

export interface DoctorOptions {
  config?: string;
  data?: string;
  listen?: string;
  endpoint?: URL;
  json: boolean;
}

/** Examines a deployment and prints what it found. Ends the process: with 0 when nothing failed, with 1 when something did. */
export async function doctor({ json, config: file, data, listen, endpoint }: DoctorOptions): Promise<void> {
  const interruption = interruptOnSignals('What was made is taken away now');
  // The server's own machine is another one, unless something of its configuration is named.
  const isHere = endpoint === undefined || file !== undefined || data !== undefined;
  const configuration = isHere ? { file, environment: process.env, flags: { listen, data } } : undefined;
  const stages = new TrialStages();
  const checks = checksOf({ endpoint, configuration, environment: process.env, stages });
  const page = pageOf(process.stdout);

  if (!json) process.stdout.write(`${heading(endpoint, file, isHere)}\n\n`);
  const examined: Examined[] = [];
  for await (const each of examine(checks, { signal: interruption.signal, cleanUp: cleanUpCheck(stages) })) {
    examined.push(each);
    if (!json) process.stdout.write(formatExamined(each, page));
  }
  process.stdout.write(json ? jsonReport(examined) : `\n${formatSummary(examined)}\n`);
  const code = interruption.exitStatus ?? (hasFailed(examined) ? 1 : 0);
  // What a check gave up may still hold connections.
  process.stdout.write('', () => process.exit(code));
}

function heading(endpoint: URL | undefined, file: string | undefined, isHere: boolean): string {
  const whose = isHere ? `this machine, with ${file ?? 'the default configuration'}` : 'another machine';
  return endpoint === undefined ? `Examining the server of ${whose}` : `Examining ${endpoint.origin}, of ${whose}`;
}
