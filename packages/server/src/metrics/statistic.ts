/** What is known of many values of one thing. */
export interface Statistic {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
}

export function statisticOf(value: number): Statistic {
  return { count: 1, sum: value, minimum: value, maximum: value };
}

/** Of the values of both. */
export function merge(one: Statistic, other: Statistic): Statistic {
  return {
    count: one.count + other.count,
    sum: one.sum + other.sum,
    minimum: Math.min(one.minimum, other.minimum),
    maximum: Math.max(one.maximum, other.maximum),
  };
}

export function average({ sum, count }: Statistic): number {
  return sum / count;
}
