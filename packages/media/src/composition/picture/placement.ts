import type { PictureSize } from '../../codec/picture-size.ts';
import type { Rectangle } from '../../codec/rectangle.ts';
import type { FillMode } from '../layout/layout.ts';

/** What of a video is seen, and where in its tile. */
export interface Placement {
  /** Of the video, from an even place on. */
  readonly crop: Rectangle;
  /** Of the tile, even. */
  readonly target: Rectangle;
}

/** @param tile even, as tiles are; the video may be of any size */
export function place(video: PictureSize, tile: PictureSize, fillMode: FillMode): Placement {
  const whole = { crop: all(video), target: all(tile) };
  switch (fillMode) {
    case 'FILL':
      return whole;
    case 'COVER':
      return { ...whole, crop: inMiddle(video, fit(tile, video)) };
    case 'CONTAIN':
      return { ...whole, target: inMiddle(tile, fit(video, tile)) };
  }
}

function all({ width, height }: PictureSize): Rectangle {
  return { x: 0, y: 0, width, height };
}

/** As much of `room` as has the shape of `shape`, in even pixels, where there is so much. */
function fit(shape: PictureSize, room: PictureSize): PictureSize {
  return {
    width: Math.min(room.width, nearestEven((room.height * shape.width) / shape.height)),
    height: Math.min(room.height, nearestEven((room.width * shape.height) / shape.width)),
  };
}

function inMiddle(room: PictureSize, { width, height }: PictureSize): Rectangle {
  const x = 2 * Math.floor((room.width - width) / 4);
  const y = 2 * Math.floor((room.height - height) / 4);
  return { x, y, width, height };
}

function nearestEven(value: number): number {
  return Math.max(2, 2 * Math.round(value / 2));
}
