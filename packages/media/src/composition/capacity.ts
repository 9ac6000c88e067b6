import type { CompositionOptions, PictureSettings } from './composition-options.ts';

/**
 * What one composer takes beside its pictures: decoding and mixing what comes in. Measured on cores of 2023 with twelve
 * participants, each in the layer that its tile needs.
 */
const BASE_CORES = 0.35;
/** What it takes to draw and encode 1280x720 at 30 a second with x264's preset veryfast, on such cores. */
const CORES_AT_720P30 = 0.45;
const PIXEL_RATE_AT_720P30 = 1_280 * 720 * 30;

/** Each different picture is encoded once, whoever gets it. */
export function distinctPictures(destinations: CompositionOptions['destinations']): PictureSettings[] {
  return [...new Map(destinations.map(({ picture }) => [pictureKey(picture), picture])).values()];
}

/** The same for pictures that are the same. */
export function pictureKey({ width, height, framesPerSecond, bitrateBps }: PictureSettings): string {
  return `${width}x${height}@${framesPerSecond}:${bitrateBps}`;
}

/** What a composition takes of the processor with as many participants as a stage has, before it was measured. */
export function estimatedCores(options: CompositionOptions): number {
  return BASE_CORES + encodingCores(options);
}

function encodingCores({ destinations }: CompositionOptions): number {
  const pixelRate = distinctPictures(destinations).reduce(
    (sum, { width, height, framesPerSecond }) => sum + width * height * framesPerSecond,
    0,
  );
  return (CORES_AT_720P30 * pixelRate) / PIXEL_RATE_AT_720P30;
}

export interface RunningComposition {
  readonly options: CompositionOptions;
  /** The most that it took of late; undefined before it was measured. */
  readonly measuredCores: number | undefined;
}

/**
 * What running compositions are to be counted for: what they took, or, as one with few participants may get more of them at
 * any time, what their pictures take.
 */
export function countedCores(running: Iterable<RunningComposition>): number {
  return [...running].reduce(
    (sum, { options, measuredCores }) =>
      sum + (measuredCores === undefined ? estimatedCores(options) : Math.max(measuredCores, encodingCores(options))),
    0,
  );
}

/** Whether another composition finds room. One that would run alone always does: it draws as fast as it can. */
export function hasRoom(budgetCores: number, running: readonly RunningComposition[], options: CompositionOptions) {
  return running.length === 0 || countedCores(running) + estimatedCores(options) <= budgetCores;
}
