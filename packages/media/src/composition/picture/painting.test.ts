import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Colour } from '../../codec/canvas.ts';
import { BLACK } from '../../codec/canvas.ts';
import type { DecodedPicture } from '../../codec/decoded-picture.ts';
import {
  assertColours,
  BLUE,
  colourAt,
  decodeKeyFrame,
  encodeColour,
  encodePicture,
  GREEN,
  RED,
  seen,
  WHITE,
} from '../../codec/drawing.fixture.ts';
import { ivfFrames } from '../../codec/ivf.fixture.ts';
import { PictureDecoder } from '../../codec/picture-decoder.ts';
import type { PictureSize } from '../../codec/picture-size.ts';
import { accessUnits, encodeH264, encodeVp8 } from '../../rtp/encode.fixture.ts';
import type { FillMode, Tile } from '../layout/layout.ts';
import { Painting } from './painting.ts';

const size = { width: 320, height: 180 };

/** A source that shows what it is told to. */
class Shown {
  picture: DecodedPicture | undefined;
  /** How often it was asked. */
  times: number[] = [];

  pictureAt(timeMs: number): DecodedPicture | undefined {
    this.times.push(timeMs);
    return this.picture;
  }

  async show(units: readonly Buffer[]): Promise<void> {
    const picture = await decodeKeyFrame(units);
    this.picture?.release();
    this.picture = picture;
  }

  hide(): void {
    this.picture?.release();
    this.picture = undefined;
  }
}

async function showing(of: PictureSize, colour: Colour): Promise<Shown> {
  const shown = new Shown();
  await shown.show(...((await encodeColour(of, colour)) as [Buffer[]]));
  return shown;
}

function tile(
  participantId: string,
  x: number,
  y: number,
  width: number,
  height: number,
  fillMode: FillMode = 'COVER',
): Tile {
  return { participantId, x, y, width, height, fillMode };
}

describe('a painting', () => {
  it('shows each video in its place, black between them, and dark tiles for those without a picture', async () => {
    const painting = new Painting(size);
    const [red, blue] = await Promise.all([showing({ width: 640, height: 360 }, RED), showing(size, BLUE)]);
    const tiles = [
      { tile: tile('a', 0, 0, 158, 88), video: red },
      { tile: tile('b', 162, 0, 158, 88), video: blue },
      { tile: tile('c', 0, 92, 158, 88), video: undefined },
    ];
    await painting.paint(tiles, 40);
    assert.deepEqual(red.times, [40]);
    const picture = await seen(painting.canvas);
    assertColours(picture, [
      [4, 4, RED],
      [150, 82, RED],
      [170, 4, BLUE],
      [312, 82, BLUE],
      [240, 140, BLACK],
    ]);
    const { luma } = colourAt(picture, 80, 140);
    assert.ok(luma > 24 && luma < 60, `a placeholder of luma ${luma}`);
    for (const each of [red, blue]) each.hide();
    picture.release();
    painting.close();
  });

  it('stretches, cuts off or leaves bars, as the tile says', async () => {
    // Wide, with a stripe at the left and one at the right.
    const [units = []] = await encodePicture({ width: 640, height: 180 }, [
      { x: 0, y: 0, width: 640, height: 180, colour: WHITE },
      { x: 0, y: 0, width: 80, height: 180, colour: RED },
      { x: 560, y: 0, width: 80, height: 180, colour: BLUE },
    ]);
    const wide = new Shown();
    await wide.show(units);
    const painting = new Painting(size);
    const look = async (fillMode: FillMode) => {
      await painting.paint([{ tile: tile('a', 0, 0, 320, 180, fillMode), video: wide }], 0);
      return seen(painting.canvas);
    };
    assertColours(await look('FILL'), [
      [10, 90, RED],
      [160, 90, WHITE],
      [310, 90, BLUE],
    ]);
    assertColours(await look('COVER'), [
      [6, 90, WHITE],
      [160, 4, WHITE],
      [314, 90, WHITE],
    ]);
    assertColours(await look('CONTAIN'), [
      [160, 20, BLACK],
      [10, 90, RED],
      [160, 90, WHITE],
      [310, 90, BLUE],
      [160, 160, BLACK],
    ]);
    wide.hide();
    painting.close();
  });

  it('draws later tiles above earlier ones, also when only the lower one has changed', async () => {
    const [below, above] = await Promise.all([showing(size, RED), showing(size, BLUE)]);
    const painting = new Painting(size);
    const tiles = [
      { tile: tile('below', 0, 0, 320, 180), video: below },
      { tile: tile('above', 200, 100, 100, 60), video: above },
    ];
    await painting.paint(tiles, 0);
    await below.show(...((await encodeColour(size, GREEN)) as [Buffer[]]));
    await painting.paint(tiles, 40);
    assertColours(await seen(painting.canvas), [
      [20, 20, GREEN],
      [250, 130, BLUE],
      [310, 170, GREEN],
    ]);
    for (const each of [below, above]) each.hide();
    painting.close();
  });

  it('goes on without a gap when the size of a video changes, and becomes dark when there is none', async () => {
    const video = await showing({ width: 640, height: 360 }, RED);
    const painting = new Painting(size);
    const tiles = [{ tile: tile('a', 0, 0, 320, 180), video }];
    await painting.paint(tiles, 0);
    for (const of of [
      { width: 160, height: 90 },
      { width: 180, height: 320 },
      { width: 162, height: 94 },
    ]) {
      await video.show(...((await encodeColour(of, GREEN)) as [Buffer[]]));
      await painting.paint(tiles, 40);
      assertColours(await seen(painting.canvas), [
        [2, 2, GREEN],
        [316, 176, GREEN],
      ]);
    }
    video.hide();
    await painting.paint(tiles, 80);
    assert.ok(colourAt(await seen(painting.canvas), 160, 90).luma < 60);
    painting.close();
  });

  it('moves what it shows at once when others come and go', async () => {
    const videos = await Promise.all([RED, GREEN, BLUE].map((colour) => showing(size, colour)));
    const [red, green, blue] = videos;
    const painting = new Painting(size);
    await painting.paint([{ tile: tile('red', 0, 0, 320, 180), video: red }], 0);
    await painting.paint(
      [
        { tile: tile('green', 0, 0, 160, 90), video: green },
        { tile: tile('red', 160, 0, 160, 90), video: red },
        { tile: tile('blue', 0, 90, 160, 90), video: blue },
      ],
      40,
    );
    assertColours(await seen(painting.canvas), [
      [80, 45, GREEN],
      [240, 45, RED],
      [80, 135, BLUE],
      [240, 135, BLACK],
    ]);
    await painting.paint([{ tile: tile('blue', 0, 0, 320, 180, 'FILL'), video: blue }], 80);
    assertColours(await seen(painting.canvas), [
      [4, 4, BLUE],
      [316, 176, BLUE],
    ]);
    for (const each of videos) each.hide();
    painting.close();
  });

  it('shows the same colours, whatever matrix and range a video has them in', async () => {
    const look = async (matrix: string, range: string, name: string) => {
      const conversion = ['-vf', `scale=out_color_matrix=${matrix}:out_range=${range},format=yuv420p`];
      const marks = ['-colorspace', name, '-color_range', range, '-qp', '4', '-bf', '0'];
      const [key] = accessUnits(
        encodeH264({ frames: 1, pixelFormat: 'yuv420p', arguments: [...conversion, ...marks] }),
      );
      const video = new Shown();
      await video.show(key?.units ?? []);
      const painting = new Painting({ width: 160, height: 90 });
      await painting.paint([{ tile: tile('a', 0, 0, 160, 90), video }], 0);
      const places = [10, 30, 50, 70, 90, 110, 130, 150].flatMap((x) => [20, 45, 70].map((y) => [x, y] as const));
      const colours = places.map(([x, y]) => [x, y, colourAt(painting.canvas, x, y)] as const);
      video.hide();
      return { painting, colours };
    };
    const { colours } = await look('bt601', 'tv', 'smpte170m');
    assert.ok(colours.some(([, , { red }]) => red > 200) && colours.some(([, , { blue }]) => blue > 200));
    for (const [matrix, range, name] of [
      ['bt709', 'tv', 'bt709'],
      ['bt601', 'pc', 'smpte170m'],
      ['bt709', 'pc', 'bt709'],
    ] as const) {
      const { painting } = await look(matrix, range, name);
      assertColours(painting.canvas, colours);
    }
  });

  it('shows videos of 4:2:2, 4:4:4 and ten bits, cut off where they stand out', async () => {
    const look = async (pixelFormat: string) => {
      const marks = ['-colorspace', 'bt709', '-color_range', 'tv', '-qp', '4'];
      const [key] = accessUnits(encodeH264({ frames: 1, pixelFormat, arguments: marks }));
      const video = new Shown();
      await video.show(key?.units ?? []);
      const painting = new Painting(size);
      await painting.paint([{ tile: tile('a', 0, 0, 100, 180), video }], 0);
      video.hide();
      return painting;
    };
    const usual = await look('yuv420p');
    // Away from edges, where the chroma of some is finer.
    const colours = [20, 34, 80].flatMap((x) =>
      [30, 90, 150].map((y) => [x, y, colourAt(usual.canvas, x, y)] as const),
    );
    assert.ok(colours.some(([, , { luma }]) => luma > 100));
    for (const pixelFormat of ['yuv422p', 'yuv444p', 'yuv420p10le']) {
      const painting = await look(pixelFormat);
      assertColours(painting.canvas, [...colours, [104, 90, BLACK]]);
    }
    const grey = await look('gray');
    const { luma, blue, red } = colourAt(grey.canvas, 20, 30);
    assert.ok(luma > 180, `luma ${luma}`);
    assert.deepEqual([blue, red], [128, 128]);
  });

  it('shows videos of odd sides', async () => {
    const [key] = ivfFrames(encodeVp8({ size: '320x180', frames: 1 })) as [Buffer];
    const odd = Buffer.from(key);
    odd.writeUInt16LE(319, 6);
    odd.writeUInt16LE(177, 8);
    const decoder = new PictureDecoder('vp8');
    const video = new Shown();
    video.picture = await decoder.decode(odd);
    const painting = new Painting(size);
    for (const place of [tile('a', 0, 0, 320, 40), tile('a', 0, 0, 40, 180), tile('a', 0, 0, 160, 90, 'CONTAIN')]) {
      await painting.paint([{ tile: place, video }], 0);
      const { luma } = colourAt(painting.canvas, place.width / 2, place.height / 2);
      assert.ok(luma > 60, `${luma}`);
      assertColours(painting.canvas, [[319, 179, BLACK]]);
    }
    video.hide();
    decoder.close();
    painting.close();
  });

  it('keeps to its tiles, of whatever even size they are', async () => {
    const video = await showing({ width: 322, height: 182 }, RED);
    const painting = new Painting(size);
    for (const [width, height] of [
      [2, 2],
      [2, 176],
      [316, 2],
      [34, 50],
      [298, 166],
    ] as const) {
      for (const fillMode of ['FILL', 'COVER', 'CONTAIN'] as const) {
        await painting.paint([{ tile: tile('a', 2, 2, width, height, fillMode), video }], 0);
        assertColours(painting.canvas, [
          [1 + width / 2, 1 + height / 2, RED],
          [2, 0, BLACK],
          [0, 2, BLACK],
          [2 + width, 2, BLACK],
          [width, 2 + height, BLACK],
          [2 + width, height, BLACK],
        ]);
      }
    }
    video.hide();
    painting.close();
  });
});
