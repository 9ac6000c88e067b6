/** How a metric is called, and what it tells. */
export interface MetricDescription {
  /** That of a counter ends in `_total`. */
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  /** Names of all labels that a series of it can have. */
  readonly labels: readonly string[];
}

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** Behind the metric's name: a histogram is made of several samples. @default none */
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

/** A metric with its series as they stand now. */
export interface MetricFamily {
  readonly metric: MetricDescription;
  readonly samples: readonly Sample[];
}

/** Something that is counted or measured as it happens. */
export interface Instrument {
  readonly metric: MetricDescription;
  /** Series that there was no room for. */
  readonly dropped: number;
  samples(): Sample[];
}
