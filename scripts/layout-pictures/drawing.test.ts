import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawTiles } from './drawing.ts';
import { layoutPictures } from './examples.ts';

const tile = { participantId: 'a', x: 0, y: 0, width: 200, height: 100, fillMode: 'COVER' } as const;
const person = { participantId: 'a', hasVideo: true, aspectRatio: 1 };
const picture = { width: 400, height: 200 };

/** Colour and place of what is drawn over the black picture. */
function drawn(svg: string): string[] {
  const rectangles = svg.matchAll(/<rect x="(.+)" y="(.+)" width="(.+)" height="(.+)" fill="(.+)"\/>/g);
  return [...rectangles].map(([, x, y, width, height, fill]) => `${fill} ${x},${y} ${width}x${height}`);
}

test('a video has its whole tile, or what it needs to be whole', () => {
  assert.deepEqual(drawn(drawTiles('', [tile], [person], picture)), ['hsl(205, 45%, 42%) 0,0 200x100']);
  const contained = { ...tile, fillMode: 'CONTAIN' } as const;
  assert.deepEqual(drawn(drawTiles('', [contained], [person], picture)), ['hsl(205, 45%, 42%) 50,0 100x100']);
});

test('a tile without video is grey', () => {
  assert.deepEqual(drawn(drawTiles('', [tile], [{ ...person, hasVideo: false }], picture)), ['#2b2f36 0,0 200x100']);
});

test('a drawing is as large in a page whatever the size of the picture', () => {
  assert.match(drawTiles('', [], [], picture), /width="320" height="160" viewBox="0 0 400 200"/);
  assert.match(drawTiles('', [], [], { width: 720, height: 1280 }), /width="180" height="320" viewBox="0 0 720 1280"/);
});

test('each picture shows all of its participants', () => {
  const shown = (file: string) =>
    [...(layoutPictures().get(file) ?? '').matchAll(/>(\d+)<\/text>/g)].map(([, id]) => id);
  for (let count = 1; count <= 12; count += 1) assert.equal(shown(`grid-${count}.svg`).length, count);
  assert.deepEqual(shown('pip-featured.svg'), ['2', '1']);
});
