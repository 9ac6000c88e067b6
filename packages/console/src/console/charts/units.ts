// Figures as people read them, with their units.

export const count = (value: number) => value.toLocaleString('en');
export const perSecond = (value: number) => `${value >= 10 ? Math.round(value) : Number(value.toFixed(1))} /s`;
export const milliseconds = (seconds: number) => `${Number((seconds * 1_000).toFixed(1))} ms`;
/** @param ratio 0 to 1 */
export const percent = (ratio: number) => `${Math.round(ratio * 100)} %`;
/** @param value 0 to 100 */
export const percentage = (value: number) => `${Number(value.toFixed(value < 1 ? 2 : value < 10 ? 1 : 0))} %`;
export const framesPerSecond = (value: number) => `${Number(value.toFixed(1))} fps`;
export const wholeMilliseconds = (value: number) => `${Math.round(value)} ms`;

export function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} GB`;
  return value >= 1e6 ? `${(value / 1e6).toFixed(0)} MB` : `${(value / 1e3).toFixed(0)} kB`;
}

export function bitsPerSecond(value: number): string {
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} Mbit/s` : `${Math.round(value / 1e3)} kbit/s`;
}
