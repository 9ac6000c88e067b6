export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LinearFit {
  /** Rise of y for 1 of x. */
  readonly slope: number;
  /** Of the slope: how far chance alone may have moved it. */
  readonly standardError: number;
  readonly mean: number;
}

/**
 * The means of so many stretches of points that follow each other. A fit takes its points for independent of each other:
 * what hangs together, as samples shortly after each other do, seems surer to it than it is.
 */
export function meansOfStretches(points: readonly Point[], stretches: number): Point[] {
  return Array.from({ length: stretches }, (_, index) => {
    const at = (edge: number) => Math.round((edge * points.length) / stretches);
    const stretch = points.slice(at(index), at(index + 1));
    return { x: mean(stretch.map(({ x }) => x)), y: mean(stretch.map(({ y }) => y)) };
  });
}

/** The straight line that lies nearest to the points (least squares). @param points three at least */
export function fitLine(points: readonly Point[]): LinearFit {
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const residual = points.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, standardError: Math.sqrt(residual / (points.length - 2) / spread), mean: meanY };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
