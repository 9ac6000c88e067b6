import { configurationCheck } from '../doctor/configuration.ts';
import { formatExamined, hasFailed, pageOf } from '../doctor/report.ts';
import { printResult } from '../terminal/end-command.ts';

export interface CheckOptions {
  config?: string;
  data?: string;
  listen?: string;
  json: boolean;
}

/** Prints what the doctor says of a configuration. */
export async function checkConfiguration({ config: file, data, listen, json }: CheckOptions): Promise<void> {
  const check = configurationCheck({ file, environment: process.env, flags: { data, listen } });
  const { id, title } = check;
  const { findings } = await check.run({}, new AbortController().signal);
  const examined = { id, title, findings, durationMs: 0 };
  const valid = !hasFailed([examined]);
  process.exitCode = valid ? 0 : 1;
  printResult(json, { valid, findings }, formatExamined(examined, pageOf(process.stdout)));
}
