import { type BlackPicture, blackPicture } from '../codec/black-picture.ts';

const MAXIMUM_SIZES = 32;
const pictures = new Map<string, BlackPicture>();

/** The same for all recordings of this process: making one takes some milliseconds. */
export function blackPictureOf(width: number, height: number): BlackPicture {
  const size = `${width}x${height}`;
  const known = pictures.get(size);
  if (known) return known;
  if (pictures.size === MAXIMUM_SIZES) pictures.clear();
  const made = blackPicture(width, height);
  pictures.set(size, made);
  return made;
}
