import { AacEncoder } from '../../codec/aac-encoder.ts';
import { ParameterSets } from '../../recording/parameter-sets.ts';
import { accessUnits, encodeH264 } from '../../rtp/encode.fixture.ts';
import { NAL_UNIT_TYPE, nalUnitType } from '../../rtp/nal-unit.ts';
import {
  type EncodedPicture,
  type EncodedSound,
  KEY_FRAME_INTERVAL_SECONDS,
  type Output,
  type OutputStart,
} from './output.ts';

export const FRAMES_PER_SECOND = 30;
const GROUP = FRAMES_PER_SECOND * KEY_FRAME_INTERVAL_SECONDS;
const FRAME_MS = 1_000 / FRAMES_PER_SECOND;
const SOUND_MS = 1_024 / 48;

const NOT_IN_UNITS: ReadonlySet<number> = new Set([
  NAL_UNIT_TYPE.sequenceParameterSet,
  NAL_UNIT_TYPE.pictureParameterSet,
  NAL_UNIT_TYPE.accessUnitDelimiter,
]);

/** Pictures of whole groups, each of which begins with a key frame. */
export function encodePictures({
  seconds = 4,
  size = '320x180',
  arguments: more = [],
}: {
  readonly seconds?: number;
  readonly size?: string;
  readonly arguments?: readonly string[];
} = {}): Pick<EncodedPicture, 'keyFrame' | 'units' | 'config'>[] {
  const group = ['-g', String(GROUP), '-keyint_min', String(GROUP), '-bf', '0', '-sc_threshold', '0'];
  const stream = encodeH264({ size, frames: seconds * FRAMES_PER_SECOND, arguments: [...group, ...more] });
  const sets = new ParameterSets();
  return accessUnits(stream).map(({ units, keyFrame }) => {
    sets.take(units);
    return {
      keyFrame,
      units: units.filter((unit) => !NOT_IN_UNITS.has(nalUnitType(unit))),
      config: keyFrame ? sets.config : undefined,
    };
  });
}

/** A second of a tone, and what decodes it. */
function encodeTone(): { frames: Buffer[]; audioSpecificConfig: Buffer } {
  const encoder = new AacEncoder({ channels: 2, bitrateBps: 128_000 });
  const wave = Float32Array.from(
    { length: 48_000 },
    (_, index) => 0.3 * Math.sin((2 * Math.PI * 440 * index) / 48_000),
  );
  const frames = encoder.encode({ planes: [wave, wave], frames: wave.length }).map(({ data }) => data);
  encoder.close();
  return { frames, audioSpecificConfig: encoder.audioSpecificConfig };
}

const tone = encodeTone();

export function outputStart(fields: Partial<OutputStart> = {}): OutputStart {
  return {
    audioSpecificConfig: tone.audioSpecificConfig,
    beginWallClockMs: Date.UTC(2026, 0, 1),
    width: 320,
    height: 180,
    framesPerSecond: FRAMES_PER_SECOND,
    videoBitrateBps: 500_000,
    audioBitrateBps: 128_000,
    ...fields,
  };
}

/** What a composition gives to its outputs: the same pictures again and again, and a tone. */
export class Composed {
  /** Of the next picture to be given. */
  frame = 0;
  pictures: ReturnType<typeof encodePictures>;
  readonly given: EncodedPicture[] = [];
  readonly #output: Pick<Output, 'takePicture' | 'takeSound'>;
  #sounds = 0;
  #timer: NodeJS.Timeout | undefined;
  #wake = Promise.withResolvers<void>();

  constructor(output: Pick<Output, 'takePicture' | 'takeSound'>, pictures: ReturnType<typeof encodePictures>) {
    this.#output = output;
    this.pictures = pictures;
  }

  /** Gives so many pictures at once, and the sound that belongs to them. */
  give(pictures: number, soundLatencyMs = 0): void {
    for (let count = 0; count < pictures; count += 1) {
      const picture = this.pictures[this.frame % this.pictures.length];
      if (!picture) throw new RangeError('There are no pictures');
      const timeMs = this.frame * FRAME_MS;
      const given = { ...picture, timeMs };
      this.given.push(given);
      this.#output.takePicture(given);
      this.giveSound(timeMs - soundLatencyMs);
      this.frame += 1;
    }
  }

  /** That which ends by this time and was not given. */
  giveSound(untilMs: number): void {
    for (; this.#sounds * SOUND_MS <= untilMs; this.#sounds += 1) {
      const data = tone.frames[this.#sounds % tone.frames.length];
      if (!data) throw new RangeError('There is no sound');
      this.#output.takeSound({ timeMs: this.#sounds * SOUND_MS, data } satisfies EncodedSound);
    }
  }

  /** Gives pictures from now on, several times as fast as they are shown. */
  run(): void {
    this.#timer = setInterval(() => {
      this.give(1);
      this.#wake.resolve();
      this.#wake = Promise.withResolvers();
    }, 4);
  }

  /** Looks with each picture that is given while it runs. */
  async until(met: () => boolean): Promise<void> {
    while (!met()) await this.#wake.promise;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Everything of a kind that an output tells, to be waited for. */
export class Told<Value> {
  readonly values: Value[] = [];
  #wake = Promise.withResolvers<void>();

  push(value: Value): void {
    this.values.push(value);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  async until(met: (values: readonly Value[]) => boolean): Promise<void> {
    while (!met(this.values)) await this.#wake.promise;
  }
}
