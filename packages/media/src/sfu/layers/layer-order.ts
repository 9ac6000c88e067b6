/**
 * The right order of layers, the smallest picture first, as indexes into the present order. Layers that are not measured
 * keep their places. Layers of one size contradict nothing: a sender may scale all of them down to one.
 *
 * @param areas of a picture in pixels, in the present order
 * @returns undefined when the present order is right
 */
export function orderBySize(areas: readonly (number | undefined)[]): number[] | undefined {
  const measured = areas.flatMap((area, index) => (area === undefined ? [] : [{ area, index }]));
  const sorted = measured.toSorted((one, other) => one.area - other.area);
  if (sorted.every(({ index }, place) => index === measured[place]?.index)) return undefined;
  const order = areas.map((_, index) => index);
  for (const [place, { index }] of measured.entries()) order[index] = sorted[place]?.index ?? index;
  return order;
}
