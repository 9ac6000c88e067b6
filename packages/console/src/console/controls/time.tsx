import { describeAgo, describeDuration } from './times.ts';

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** A moment by its distance; the exact time is its title. */
export function Ago({ time }: { time: string | undefined }) {
  if (!time) return <span class="quiet">–</span>;
  return (
    <time dateTime={time} title={exact.format(new Date(time))}>
      {describeAgo(time, new Date())}
    </time>
  );
}

/** A moment by date and clock. */
export function Moment({ time }: { time: string | undefined }) {
  return time ? <time dateTime={time}>{exact.format(new Date(time))}</time> : <span class="quiet">–</span>;
}

export function Duration({ from, to }: { from: string | undefined; to: string | undefined }) {
  return from ? <span>{describeDuration(from, to ?? new Date().toISOString())}</span> : <span class="quiet">–</span>;
}
