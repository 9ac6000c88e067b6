import { setImmediate } from 'node:timers/promises';
import type { Labels, MetricDescription, MetricFamily, Sample } from './metric.ts';

export interface TextFormat {
  readonly contentType: string;
  /** @returns the lines before the samples of a metric */
  readonly describe: (metric: MetricDescription) => string;
  readonly end: string;
}

/** https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md */
export const openMetrics: TextFormat = {
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  describe: ({ name, type, help }) => {
    const family = type === 'counter' ? name.replace(/_total$/, '') : name;
    return `# TYPE ${family} ${type}\n# HELP ${family} ${escapeText(help)}\n`;
  },
  end: '# EOF\n',
};

/** https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
export const prometheusText: TextFormat = {
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  describe: ({ name, type, help }) =>
    `# HELP ${name} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}\n# TYPE ${name} ${type}\n`,
  end: '',
};

/** What a reader takes: OpenMetrics unless it names the older form and not this one. */
export function chooseFormat(accept: string | undefined): TextFormat {
  const types = (accept ?? '').split(',').map((type) => type.split(';', 1)[0]?.trim().toLowerCase());
  return types.includes('text/plain') && !types.includes('application/openmetrics-text') ? prometheusText : openMetrics;
}

/** Between large metrics other work gets its turn. */
const LARGE = 500;

export async function writeMetrics(families: Iterable<MetricFamily>, format: TextFormat): Promise<string> {
  let text = '';
  for (const { metric, samples } of families) {
    text += format.describe(metric);
    for (const sample of samples) text += writeSample(metric.name, sample);
    if (samples.length >= LARGE) await setImmediate();
  }
  return text + format.end;
}

function writeSample(name: string, { suffix, labels, value }: Sample): string {
  return `${name}${suffix ?? ''}${writeLabels(labels)} ${value}\n`;
}

function writeLabels(labels: Labels): string {
  let text = '';
  for (const name in labels) text += `${text === '' ? '{' : ','}${name}="${escapeText(labels[name] ?? '')}"`;
  return text === '' ? '' : `${text}}`;
}

const SPECIAL = /[\\"\n]/;

function escapeText(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
