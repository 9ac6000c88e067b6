/** A tone that does not end, in pieces of 20 ms of one channel. */
export function* tone(hz: number, sampleRate: number): Generator<Int16Array> {
  const length = sampleRate / 50;
  for (let position = 0; ; position += length) {
    yield Int16Array.from({ length }, (_, index) =>
      Math.round(16_384 * Math.sin((2 * Math.PI * hz * (position + index)) / sampleRate)),
    );
  }
}

/** The frequency of a sound of one channel, by how often it rises through zero; 0 for silence. */
export function frequency(samples: readonly number[], sampleRate: number): number {
  const rises = samples.filter((sample, index) => sample >= 0 && (samples[index - 1] ?? 0) < 0).length;
  return (rises * sampleRate) / samples.length;
}
