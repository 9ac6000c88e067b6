import type { PublishLimits } from '../../participants/publish-violation.ts';
import type { ClientRequest, Framerate } from './client-request.ts';

/** One track of a video that an encoder is told to make. */
export interface LadderTrack {
  readonly width: number;
  readonly height: number;
  readonly framerate: Framerate;
  readonly bitrateKbps: number;
}

export type LadderWish = Pick<
  ClientRequest,
  'width' | 'height' | 'framerate' | 'maximumVideoTracks' | 'maximumBitrateKbps'
>;

/** What stages take (docs/rtmp.md), whose longer side may be either. */
const SHORTEST_SIDE = 160;
const [WIDE, HIGH] = [16, 9];
const FRAMES_PER_SECOND = { least: 10, most: 60 };
/** Each track has half the size of the one before; from the second on, slower pictures do as well. */
const STEPS = [
  { divisor: 1, framesPerSecond: FRAMES_PER_SECOND.most },
  { divisor: 2, framesPerSecond: 30 },
  { divisor: 4, framesPerSecond: 15 },
] as const;
/** Looks good; what has twice the pixels a second needs less than twice that. */
const GOOD = { kbps: 2_500, pixelsPerSecond: 1_280 * 720 * 30, exponent: 0.75 };
/** With less than this part of what looks good, a smaller picture looks better. */
const LEAST_SHARE = 0.5;
const LEAST_KBPS = 100;
const ROUND_KBPS = 10;
/** What is measured has protocol around it. */
const USABLE_SHARE = 0.9;

/**
 * The tracks that an encoder is told to make, the largest first; none where it can make nothing that a stage takes.
 *
 * @param audioKbps beside them, within the same limits
 */
export function trackLadder(wish: LadderWish, limits: PublishLimits, audioKbps: number): readonly LadderTrack[] {
  const usableKbps = (USABLE_SHARE * limits.publishBitrateBps) / 1_000;
  const budgetKbps = Math.min(usableKbps, wish.maximumBitrateKbps ?? Infinity) - audioKbps;
  const largest = fitted(wish, limits.publishPixels);
  const sizes = STEPS.map(({ divisor, framesPerSecond }) => ({
    width: even(largest.width / divisor),
    height: even(largest.height / divisor),
    framerate: slowed(wish.framerate, framesPerSecond),
  })).filter(({ width, height }) => Math.min(width, height) >= SHORTEST_SIDE);
  const { least, most } = FRAMES_PER_SECOND;
  const wanted = sizes
    .filter(({ framerate }) => rateOf(framerate) >= least && rateOf(framerate) <= most)
    .map((track) => ({ ...track, bitrateKbps: goodKbps(track) }));
  return withinBudget(wanted.slice(0, wish.maximumVideoTracks), wanted, budgetKbps);
}

/** The wanted tracks with what there is; where that is too little, smaller ones in their place. */
function withinBudget(
  chosen: readonly LadderTrack[],
  all: readonly LadderTrack[],
  budgetKbps: number,
): readonly LadderTrack[] {
  const sumKbps = chosen.reduce((sum, { bitrateKbps }) => sum + bitrateKbps, 0);
  const share = Math.min(1, budgetKbps / sumKbps);
  if (share >= LEAST_SHARE || all.length <= 1) {
    const shared = chosen.map((track) => ({ ...track, bitrateKbps: roundDown(share * track.bitrateKbps) }));
    return shared.filter(({ bitrateKbps }) => bitrateKbps >= LEAST_KBPS);
  }
  const smaller = all.slice(1);
  return withinBudget(smaller.slice(0, chosen.length), smaller, budgetKbps);
}

/** As large as it is, or as may be, whichever way round. */
function fitted({ width, height }: Pick<LadderWish, 'width' | 'height'>, pixels: number) {
  const shortSide = Math.sqrt((pixels * HIGH) / WIDE);
  const scale = Math.min(1, shortSide / Math.min(width, height), Math.sqrt(pixels / (width * height)));
  return { width: even(scale * width), height: even(scale * height) };
}

/** A whole part of it, which is what encoders can make: no faster than this, unless that were too slow. */
function slowed(framerate: Framerate, framesPerSecond: number): Framerate {
  const divisor = Math.max(1, Math.ceil(rateOf(framerate) / framesPerSecond));
  const parts = [divisor, divisor - 1].filter((part) => part >= 1);
  const part = parts.find((each) => rateOf(framerate) / each >= FRAMES_PER_SECOND.least) ?? 1;
  return { numerator: framerate.numerator, denominator: framerate.denominator * part };
}

function rateOf({ numerator, denominator }: Framerate): number {
  return numerator / denominator;
}

function goodKbps({ width, height, framerate }: Omit<LadderTrack, 'bitrateKbps'>): number {
  const share = (width * height * rateOf(framerate)) / GOOD.pixelsPerSecond;
  return roundDown(GOOD.kbps * share ** GOOD.exponent);
}

function roundDown(kbps: number): number {
  return Math.floor(kbps / ROUND_KBPS + 1e-9) * ROUND_KBPS;
}

/** Colours have half the size. */
function even(pixels: number): number {
  return 2 * Math.floor(pixels / 2 + 1e-9);
}
