import { useState } from 'preact/hooks';
import { describeSeries, distinct, nearestTo, pathOf, placeOf, type Series, topOf } from './chart-geometry.ts';

interface ChartProps {
  readonly title: string;
  readonly timesMs: readonly number[];
  readonly series: readonly Series[];
  /** A value with its unit. */
  readonly write: (value: number) => string;
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
/** Colours and dashes there are. More lines than that nobody tells apart. */
const maximumSeries = 6;

/** How figures went. Values of a moment are told to whoever points at it, or goes there with the arrow keys. */
export function Chart({ title, timesMs, series, write }: ChartProps) {
  const [chosen, setChosen] = useState<number>();
  const shown = distinct(series.slice(0, maximumSeries));
  const last = timesMs.length - 1;
  const at = Math.min(chosen ?? last, last);
  const top = topOf(shown);
  // Of bytes, say, that all are 0.
  const isEmpty = write(top) === write(0);
  const when = chosen === undefined || at === last ? 'now' : clock.format(timesMs[at]);
  const valueAt = ({ values }: Series) => {
    const value = values[at];
    return value === undefined ? '–' : write(value);
  };
  const point = (event: PointerEvent) => {
    if (!(event.currentTarget instanceof Element)) return;
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setChosen(nearestTo((event.clientX - left) / width, timesMs));
  };
  return (
    <figure class="chart" aria-label={title}>
      <figcaption>
        <span class="chart-title">{title}</span>
        <span class="quiet">{timesMs.length > 0 && when}</span>
      </figcaption>
      <div class="plot">
        <div class="y-axis" aria-hidden="true">
          <span>{!isEmpty && write(top)}</span>
          <span>{!isEmpty && top !== 1 && write(top / 2)}</span>
          <span>{write(0)}</span>
        </div>
        <div class="lines">
          <svg
            viewBox="0 0 1000 100"
            preserveAspectRatio="none"
            role="img"
            aria-label={shown.map((each) => describeSeries(each, write)).join(' ') || 'Nothing yet'}
          >
            <path class="grid" d="M0 0H1000M0 50H1000M0 100H1000" />
            {shown.map((each, index) => (
              <path key={each.name} class="line" data-series={index} d={pathOf(each.values, timesMs, top)} />
            ))}
            {chosen !== undefined && (
              <path class="chosen" d={`M${(placeOf(timesMs[at] ?? 0, timesMs) * 1_000).toFixed(1)} 0V100`} />
            )}
          </svg>
          {last > 0 && (
            <input
              type="range"
              min={0}
              max={last}
              value={at}
              aria-label={`Moment of ${title}`}
              aria-valuetext={`${clock.format(timesMs[at])}: ${shown.map((each) => `${each.name} ${valueAt(each)}`).join(', ')}`}
              onInput={(event) => setChosen(Number(event.currentTarget.value))}
              onPointerMove={point}
              onPointerLeave={() => setChosen(undefined)}
              onBlur={() => setChosen(undefined)}
            />
          )}
        </div>
        <div class="x-axis" aria-hidden="true">
          {last > 0 ? (
            <>
              <span>{clock.format(timesMs[0])}</span>
              <span>{clock.format(timesMs[last])}</span>
            </>
          ) : (
            <span>Drawn from the second look on</span>
          )}
        </div>
      </div>
      <ul class="legend" aria-label={`Values of ${title}`}>
        {shown.map((each, index) => (
          <li key={each.name}>
            <svg viewBox="0 0 20 4" aria-hidden="true">
              <path class="line" data-series={index} d="M0 2H20" />
            </svg>
            <span>{each.name}</span>
            <strong>{valueAt(each)}</strong>
          </li>
        ))}
        {series.length === 0 && <li class="quiet">Nothing yet</li>}
        {series.length > maximumSeries && <li class="quiet">and {series.length - maximumSeries} more</li>}
      </ul>
    </figure>
  );
}
