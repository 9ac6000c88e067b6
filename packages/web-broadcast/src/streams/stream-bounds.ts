import type { StageAudioConfiguration, StageVideoConfiguration } from './stream-configuration.ts';

/** Highest `maxVideoBitrateKbps` of a video, and its default. */
export const STAGE_MAX_BITRATE = 2500;
/** Lowest `maxVideoBitrateKbps`. */
export const STAGE_MIN_BITRATE = 50;
/** Highest `maxFramerate` of a video, and its default. */
export const STAGE_MAX_FRAMERATE = 30;
/** Lowest `maxFramerate`. */
export const STAGE_MIN_FRAMERATE = 1;
/** Largest picture that is sent, in this position or upright: a larger source is scaled down to fit. */
export const STAGE_MAX_RESOLUTION = { width: 1280, height: 720 } as const;
/** Smallest layer of a video that may be asked for, in this position or upright. */
export const STAGE_MIN_RESOLUTION = { width: 160, height: 90 } as const;

const LOWEST_AUDIO_KBPS = 12;
const HIGHEST_AUDIO_KBPS = 128;
const DEFAULT_AUDIO_KBPS = 64;

interface VideoBounds {
  readonly maxBitrateKbps: number;
  readonly maxFramerate: number;
}

/** A picture's size in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The limits within which a video is sent. */
export function videoBounds({ maxVideoBitrateKbps, maxBitrate, maxFramerate }: StageVideoConfiguration): VideoBounds {
  return {
    maxBitrateKbps: maxVideoBitrateKbps ?? maxBitrate ?? STAGE_MAX_BITRATE,
    maxFramerate: maxFramerate ?? STAGE_MAX_FRAMERATE,
  };
}

export function audioBitrateKbps({ maxAudioBitrateKbps = DEFAULT_AUDIO_KBPS }: StageAudioConfiguration): number {
  return maxAudioBitrateKbps;
}

/** @throws {RangeError} */
export function validateVideoBounds(config: StageVideoConfiguration): void {
  const { maxBitrateKbps, maxFramerate } = videoBounds(config);
  requireWithin('maxVideoBitrateKbps', maxBitrateKbps, STAGE_MIN_BITRATE, STAGE_MAX_BITRATE);
  requireWithin('maxFramerate', maxFramerate, STAGE_MIN_FRAMERATE, STAGE_MAX_FRAMERATE);
}

/** @throws {RangeError} */
export function validateAudioBounds(config: StageAudioConfiguration): void {
  requireWithin('maxAudioBitrateKbps', audioBitrateKbps(config), LOWEST_AUDIO_KBPS, HIGHEST_AUDIO_KBPS);
}

/** How many times smaller than its source a picture is sent at least: more than 1 for a source that is too large. */
export function scaleToFit({ width, height }: PictureSize): number {
  const shortSide = Math.min(width, height);
  return Math.max(
    1,
    shortSide / shortSideOf(STAGE_MAX_RESOLUTION),
    Math.sqrt((width * height) / areaOf(STAGE_MAX_RESOLUTION)),
  );
}

export function isLargerThanAllowed(size: PictureSize): boolean {
  return areaOf(size) > areaOf(STAGE_MAX_RESOLUTION) || shortSideOf(size) > shortSideOf(STAGE_MAX_RESOLUTION);
}

export function isSmallerThanAllowed(size: PictureSize): boolean {
  return areaOf(size) < areaOf(STAGE_MIN_RESOLUTION);
}

function requireWithin(name: string, value: number, lowest: number, highest: number): void {
  if (!(value >= lowest && value <= highest)) {
    throw new RangeError(`${name} is ${lowest} to ${highest}, not ${value}`);
  }
}

function areaOf({ width, height }: PictureSize): number {
  return width * height;
}

function shortSideOf({ width, height }: PictureSize): number {
  return Math.min(width, height);
}
