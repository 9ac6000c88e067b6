/** Samples of an OpenMetrics text by the name of their metric. */
export type MetricSamples = ReadonlyMap<string, readonly MetricSample[]>;

export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Lines that are no samples are passed over.
 *
 * @param isWanted which metrics, by their name. Default: all
 */
export function readMetrics(text: string, isWanted: (name: string) => boolean = () => true): MetricSamples {
  const samples = new Map<string, MetricSample[]>();
  for (const line of text.split('\n')) {
    const [, name = '', labels = '', value] = /^([a-zA-Z_]\w*)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    if (value === undefined || !isWanted(name)) continue;
    const list = samples.get(name) ?? [];
    list.push({ labels: readLabels(labels), value: Number(value) });
    samples.set(name, list);
  }
  return samples;
}

/** All samples of a metric that have these labels, added up; undefined where there is none. */
export function sumOf(
  samples: MetricSamples,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels);
  const found = samples.get(name)?.filter((sample) => wanted.every(([key, value]) => sample.labels[key] === value));
  return found?.reduce<number | undefined>((sum, { value }) => (sum ?? 0) + value, undefined);
}

function readLabels(text: string): Record<string, string> {
  const pairs = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  const plain = (value: string) => value.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));
  return Object.fromEntries([...pairs].map(([, name = '', value = '']) => [name, plain(value)]));
}
