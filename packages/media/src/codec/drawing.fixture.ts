import assert from 'node:assert/strict';
import { Canvas, type Colour } from './canvas.ts';
import { CanvasEncoder } from './canvas-encoder.ts';
import type { DecodedPicture } from './decoded-picture.ts';
import { PictureDecoder } from './picture-decoder.ts';
import { decoderInput, type PictureSize } from './picture-size.ts';
import { planesOf } from './planes.ts';
import type { Rectangle } from './rectangle.ts';

export const RED: Colour = { luma: 81, blue: 90, red: 240 };
export const GREEN: Colour = { luma: 145, blue: 54, red: 34 };
export const BLUE: Colour = { luma: 41, blue: 240, red: 110 };
export const WHITE: Colour = { luma: 235, blue: 128, red: 128 };

export interface Painted extends Rectangle {
  readonly colour: Colour;
}

/** H.264 of a picture, so many times: the first one a key frame, each with the parameter sets that it needs. */
export async function encodePicture(size: PictureSize, areas: readonly Painted[], count = 1): Promise<Buffer[][]> {
  const canvas = new Canvas(size);
  for (const area of areas) canvas.fill(area, area.colour);
  const encoder = await CanvasEncoder.open({
    ...size,
    framesPerSecond: 30,
    bitrateBps: 4_000_000,
    preset: 'ultrafast',
  });
  const { sequenceParameterSets, pictureParameterSets } = encoder.config;
  const pictures: Buffer[][] = [];
  for (let index = 0; index < count; index += 1) {
    const { units } = await encoder.encode(canvas, index, index === 0 ? 'key frame' : 'any');
    pictures.push(index === 0 ? [...sequenceParameterSets, ...pictureParameterSets, ...units] : units);
  }
  encoder.close();
  canvas.close();
  return pictures;
}

/** The same of one colour. */
export function encodeColour(size: PictureSize, colour: Colour, count = 1): Promise<Buffer[][]> {
  return encodePicture(size, [{ x: 0, y: 0, ...size, colour }], count);
}

/** What the key frame of these units shows. Whoever asks lets go of it. */
export async function decodeKeyFrame(units: readonly Buffer[]): Promise<DecodedPicture> {
  const decoder = new PictureDecoder('h264');
  const picture = await decoder.decode(decoderInput('h264', units));
  decoder.close();
  assert.ok(picture);
  return picture;
}

/** What stands on a canvas, after it was encoded and decoded. */
export async function seen(canvas: Canvas): Promise<DecodedPicture> {
  const { width, height } = canvas;
  const encoder = await CanvasEncoder.open({
    width,
    height,
    framesPerSecond: 30,
    bitrateBps: 8_000_000,
    preset: 'veryfast',
  });
  const { units } = await encoder.encode(canvas, 0, 'key frame');
  const { sequenceParameterSets, pictureParameterSets } = encoder.config;
  encoder.close();
  return decodeKeyFrame([...sequenceParameterSets, ...pictureParameterSets, ...units]);
}

export function colourAt(picture: Pick<DecodedPicture, 'frame'>, x: number, y: number): Colour {
  const { data, strides } = planesOf(picture.frame);
  const [luma, blue, red] = data.map((plane, index) => {
    const shift = index === 0 ? 0 : 1;
    return plane[(y >> shift) * (strides[index] ?? 0) + (x >> shift)] ?? 0;
  }) as [number, number, number];
  return { luma, blue, red };
}

/** That a picture is of these colours at these places, as nearly as encoding leaves them. */
export function assertColours(
  picture: Pick<DecodedPicture, 'frame'>,
  expected: readonly (readonly [number, number, Colour])[],
): void {
  for (const [x, y, colour] of expected) {
    const is = colourAt(picture, x, y);
    const off = Math.max(
      Math.abs(is.luma - colour.luma),
      Math.abs(is.blue - colour.blue),
      Math.abs(is.red - colour.red),
    );
    assert.ok(off <= 6, `${JSON.stringify(is)} at ${x}, ${y} instead of ${JSON.stringify(colour)}`);
  }
}
