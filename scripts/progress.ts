const startedAt = performance.now();

/** One line about what set-up is doing, with the seconds since it began. */
export function say(text: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`[${seconds.padStart(5)} s] ${text}\n`);
}
