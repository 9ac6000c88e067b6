/**
 * A rectangle of the picture. All four are even, and it is at least two pixels wide and high: in YUV 4:2:0 two by two
 * pixels have one colour.
 */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest side of an area. */
export const SMALLEST_SIDE = 2;

/** The even number at or below; what is only by the error of a division smaller than an even number is that number. */
export function evenBelow(length: number): number {
  return 2 * Math.floor(length / 2 + 1e-6);
}

export function evenAbove(length: number): number {
  return 2 * Math.ceil(length / 2);
}

/** A length as the side of an area. */
export function side(length: number): number {
  return Math.max(SMALLEST_SIDE, evenBelow(length));
}

/** The largest area of that ratio within so many pixels. */
export function fit(width: number, height: number, aspectRatio: number): { width: number; height: number } {
  return { width: side(Math.min(width, height * aspectRatio)), height: side(Math.min(height, width / aspectRatio)) };
}
