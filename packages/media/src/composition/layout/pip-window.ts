import { type Area, evenAbove, fit, side } from './area.ts';
import type { PipLayout } from './layout.ts';

/** Of the picture's width and height: no more has a window for which neither is told. */
const LARGEST_WIDTH = 1 / 4;
const LARGEST_HEIGHT = 1 / 3;

const CORNERS = {
  TOP_LEFT: { top: true, left: true },
  TOP_RIGHT: { top: true, left: false },
  BOTTOM_LEFT: { top: false, left: true },
  BOTTOM_RIGHT: { top: false, left: false },
};

/** The window of a picture in picture. It is inside, however large and however far from the edges it is wished. */
export function pipWindow(layout: PipLayout, aspectRatio: number, picture: Area): Area {
  const wished = wishedSize(layout, aspectRatio, picture);
  const width = side(Math.min(wished.width, picture.width));
  const height = side(Math.min(wished.height, picture.height));
  const restX = picture.width - width;
  const restY = picture.height - height;
  const offset = evenAbove(layout.pipOffset);
  const { top, left } = CORNERS[layout.pipPosition];
  return {
    x: picture.x + (left ? Math.min(offset, restX) : Math.max(0, restX - offset)),
    y: picture.y + (top ? Math.min(offset, restY) : Math.max(0, restY - offset)),
    width,
    height,
  };
}

function wishedSize({ pipWidth, pipHeight }: PipLayout, aspectRatio: number, picture: Area) {
  if (pipWidth !== undefined) return { width: pipWidth, height: pipHeight ?? pipWidth / aspectRatio };
  if (pipHeight !== undefined) return { width: pipHeight * aspectRatio, height: pipHeight };
  return fit(picture.width * LARGEST_WIDTH, picture.height * LARGEST_HEIGHT, aspectRatio);
}
