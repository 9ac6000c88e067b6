/**
 * A picture that tells its number and flashes once a second, so that a recording of it can be read again: which second
 * is missing, and how far the sound of a beep is from its flash.
 *
 * Eight columns and four rows: first what tells the picture from others, then the number in 16 bits, the lowest bit
 * first, white for 1, then a row that is white at the beginning of each second.
 */
export const CLOCK_FRAMES_A_SECOND = 30;
export const FLASH_SECONDS = 0.1;
export const BEEP_HZ = 1_000;

const COLUMNS = 8;
const ROWS = 4;
const NUMBER_BITS = 16;
const FLASH_ROW = 3;

/** The size to which a picture is shrunk before it is read: 8 x 8 pixels a block. */
export const READING_SIZE = { width: 8 * COLUMNS, height: 8 * ROWS };

export interface ClockReading {
  /** Of 16 bits: it begins again after about 36 minutes. */
  readonly number: number;
  readonly flash: boolean;
}

/**
 * FFmpeg's input of a clock and its beeps. The sides are multiples of 16; they end with `-t` or `-frames:v`.
 *
 * @param options.colour in the place of black, and as dark
 */
export function clockInput({ width = 320, height = 192, colour = 'black' } = {}): string[] {
  const video = `color=${colour}:s=${width}x${height}:r=${CLOCK_FRAMES_A_SECOND},${clockFilter()}`;
  const beep = `0.5*sin(2*PI*${BEEP_HZ}*t)*lt(mod(t,1),${FLASH_SECONDS})`;
  const audio = `aevalsrc='${beep}|${beep}':s=48000`;
  return ['-f', 'lavfi', '-i', video, '-f', 'lavfi', '-i', audio];
}

function clockFilter(): string {
  const block = (column: number, row: number, enable: string) =>
    `drawbox=x=iw*${column}/${COLUMNS}:y=ih*${row}/${ROWS}:w=iw/${COLUMNS}:h=ih/${ROWS}:color=white:t=fill:enable='${enable}'`;
  const marks = [0, 2, 4, 6].map((column) => block(column, 0, '1'));
  const bits = Array.from({ length: NUMBER_BITS }, (_, bit) =>
    block(bit % COLUMNS, 1 + Math.floor(bit / COLUMNS), `gte(mod(n,${2 ** (bit + 1)}),${2 ** bit})`),
  );
  const flash = Array.from({ length: COLUMNS }, (_, column) =>
    block(column, FLASH_ROW, `lt(mod(n,${CLOCK_FRAMES_A_SECOND}),${FLASH_SECONDS * CLOCK_FRAMES_A_SECOND})`),
  );
  return [...marks, ...bits, ...flash].join(',');
}

/** @param grey a byte a pixel, as large as READING_SIZE. @returns undefined for any other picture */
export function readClockPicture(grey: Buffer): ClockReading | undefined {
  const blocks = Array.from({ length: COLUMNS * ROWS }, (_, index) =>
    brightness(grey, index % COLUMNS, Math.floor(index / COLUMNS)),
  );
  // Neither black nor white: no clock, or one that is damaged.
  if (blocks.some((each) => each > 85 && each < 170)) return undefined;
  const white = blocks.map((each) => each > 128);
  const marked = white.slice(0, COLUMNS).every((each, column) => each === (column % 2 === 0));
  if (!marked) return undefined;
  const bits = white.slice(COLUMNS, COLUMNS + NUMBER_BITS);
  const number = bits.reduce((sum, each, bit) => sum + (each ? 2 ** bit : 0), 0);
  return { number, flash: white[FLASH_ROW * COLUMNS] === true };
}

/** In the middle of a block: its edges belong to both neighbours when a picture was shrunk. */
function brightness(grey: Buffer, column: number, row: number): number {
  let sum = 0;
  for (let y = 2; y < 6; y += 1) {
    for (let x = 2; x < 6; x += 1) sum += grey.readUInt8((8 * row + y) * READING_SIZE.width + 8 * column + x);
  }
  return sum / 16;
}
