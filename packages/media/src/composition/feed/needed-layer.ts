import type { PublishedLayer } from '../../sfu/layers/published-layers.ts';
import type { PictureSize } from '../composer-messages.ts';

/** A little larger is drawn from a little smaller without anybody seeing it. */
const TOLERATED_SHARE = 0.9;
/** What is larger is not drawn. */
const MAXIMUM_SIDES = { shorter: 1_080, longer: 1_920 };

/**
 * The smallest layer that fills a tile, whichever way round either of them is. Where sizes are not known, the highest may be
 * the only one that does.
 *
 * @param layers the lowest first
 * @returns index of the layer
 */
export function neededLayer(layers: readonly Pick<PublishedLayer, 'width' | 'height'>[], tile: PictureSize): number {
  const wanted = sidesOf(tile);
  const sides = layers.map(({ width, height }) => (width && height ? sidesOf({ width, height }) : undefined));
  const covering = sides.findIndex(
    (side) =>
      side !== undefined &&
      side.shorter >= TOLERATED_SHARE * wanted.shorter &&
      side.longer >= TOLERATED_SHARE * wanted.longer,
  );
  const needed = covering === -1 ? layers.length - 1 : covering;
  const isDrawn = (layer: number) => {
    const side = sides[layer];
    return !side || (side.shorter <= MAXIMUM_SIDES.shorter && side.longer <= MAXIMUM_SIDES.longer);
  };
  const drawn = layers.findLastIndex((_, layer) => layer <= needed && isDrawn(layer));
  return drawn === -1 ? 0 : drawn;
}

function sidesOf({ width, height }: PictureSize) {
  return { shorter: Math.min(width, height), longer: Math.max(width, height) };
}
