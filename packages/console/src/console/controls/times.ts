const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** `3 minutes ago`, `in 2 hours`. */
export function describeAgo(time: string, now: Date): string {
  const seconds = (Date.parse(time) - now.getTime()) / 1_000;
  const [unit, size] = units.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.trunc(seconds / size), unit);
}

/** `1 h 02 min`, `3 min 05 s`, `12 s`. */
export function describeDuration(startTime: string, endTime: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(endTime) - Date.parse(startTime)) / 1_000));
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds >= 3_600) return `${Math.floor(seconds / 3_600)} h ${two(Math.floor((seconds % 3_600) / 60))} min`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s` : `${seconds} s`;
}
