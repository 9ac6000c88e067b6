import { type Area, evenBelow, side } from './area.ts';

/** Of the picture's height, for the featured participant. */
const FEATURED_HEIGHT = 0.78;

/**
 * A large area above, and below it one for everybody else. A gap that would leave less than half of the rest of the height
 * is made smaller.
 *
 * @param gap between the two, even
 * @returns a strip without height when the picture is too low for two
 */
export function featuredAreas(picture: Area, gap: number): { featured: Area; strip: Area } {
  const height = side(picture.height * FEATURED_HEIGHT);
  const rest = picture.height - height;
  const stripHeight = rest - Math.min(gap, evenBelow(rest / 2));
  return {
    featured: { ...picture, height },
    strip: { ...picture, y: picture.y + picture.height - stripHeight, height: stripHeight },
  };
}
