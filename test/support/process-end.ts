const cleanups = new Set<() => void>();

process.once('exit', () => {
  for (const clean of cleanups) clean();
});
// The test runner ends a file that takes too long by a signal, which by itself would skip the above.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/**
 * Has something cleaned up when the test's process ends, in case the test itself did not come to it.
 *
 * @returns takes it back
 */
export function atProcessEnd(clean: () => void): () => void {
  cleanups.add(clean);
  return () => cleanups.delete(clean);
}
