/** What layers are called towards clients, whatever their sender calls them: by their place, the lowest first. */
export type LayerLabel = 'low' | 'mid' | 'hi';

const LABELS: readonly LayerLabel[] = ['low', 'mid', 'hi'];

/** @param layerCount 1 to 3 */
export function layerLabels(layerCount: number): readonly LayerLabel[] {
  return layerCount === 3 ? LABELS : layerCount === 2 ? ['low', 'hi'] : ['hi'];
}

/**
 * The highest of these layers that a wish allows: `mid` of two layers is the lower one.
 *
 * @param wish undefined, or a label that nobody knows, allows all of them
 */
export function highestAllowed(layerCount: number, wish: string | undefined): number {
  const limit = (LABELS as readonly (string | undefined)[]).indexOf(wish);
  if (limit < 0) return layerCount - 1;
  return Math.max(
    0,
    layerLabels(layerCount).findLastIndex((label) => LABELS.indexOf(label) <= limit),
  );
}
