import { InvalidArgumentError } from 'commander';
import type { Threshold } from './thresholds.ts';

/** The command line does not say what to do. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}

/** As the command line has them, each looked at by itself. */
export interface CommandOptions {
  endpoint?: URL;
  region?: string;
  stageArn?: string;
  token?: string[];
  tokensFrom?: string;
  publishers: number;
  subscribers?: number;
  subscribeBy: 'post' | 'socket';
  bitrate: number;
  resolution: { width: number; height: number };
  frameRate: number;
  simulcast?: true;
  audio: boolean;
  joinsPerSecond: number;
  churnPerSecond: number;
  duration: number;
  maxLoss?: number;
  maxJoinMsP99?: number;
  maxFirstFrameMsP50?: number;
  maxLatencyMsP99?: number;
  minBitrate?: number;
  maxFailures: number;
  json?: true;
}

/** Where participants come from. */
export type Source =
  | { readonly kind: 'tokens' }
  | { readonly kind: 'stage'; readonly arn: string; readonly endpoint: URL; readonly region: string }
  | { readonly kind: 'made'; readonly endpoint: URL; readonly region: string };

export const DEFAULT_SUBSCRIBERS = 4;
/** One process can hold no more and still measure: the load of several adds up. */
const MAXIMUM_CONNECTIONS = 4_000;

/** @throws {WrongUsage} */
export function readSource(options: CommandOptions, environment: NodeJS.ProcessEnv): Source {
  const { stageArn } = options;
  if (options.token !== undefined || options.tokensFrom !== undefined) {
    if (stageArn !== undefined) throw new WrongUsage('Tokens name their stage: leave out --stage-arn');
    return { kind: 'tokens' };
  }
  const endpoint = options.endpoint ?? environmentEndpoint(environment);
  if (endpoint === undefined) {
    throw new WrongUsage('Say where: --endpoint URL (or AWS_ENDPOINT_URL), or tokens by --token or --tokens-from');
  }
  if (stageArn !== undefined) {
    const [, , , arnRegion = ''] = stageArn.split(':');
    return { kind: 'stage', arn: stageArn, endpoint, region: options.region ?? arnRegion };
  }
  const region = options.region ?? (environment.AWS_REGION || environment.AWS_DEFAULT_REGION);
  if (!region) throw new WrongUsage('Say in which region to make the stage: --region, or AWS_REGION');
  return { kind: 'made', endpoint, region };
}

function environmentEndpoint(environment: NodeJS.ProcessEnv): URL | undefined {
  const text = environment.AWS_ENDPOINT_URL_IVS_REALTIME || environment.AWS_ENDPOINT_URL;
  if (!text) return undefined;
  if (!URL.canParse(text)) throw new WrongUsage('AWS_ENDPOINT_URL is no URL');
  return new URL(text);
}

/** How many subscribe: of those with tokens, all who do not publish. @throws {WrongUsage} */
export function countSubscribers(options: CommandOptions, tokens: readonly string[] | undefined): number {
  const { publishers, subscribers, subscribeBy } = options;
  const count = subscribers ?? (tokens ? Math.max(0, tokens.length - publishers) : DEFAULT_SUBSCRIBERS);
  if (tokens && tokens.length < publishers + count) {
    const needed = `${publishers} publishers and ${count} subscribers need ${publishers + count} tokens`;
    throw new WrongUsage(`${needed}, and there are ${tokens.length}: each participant has one of his own`);
  }
  const connections = publishers + count * (subscribeBy === 'post' ? publishers : 1);
  if (connections > MAXIMUM_CONNECTIONS) {
    throw new WrongUsage(
      `${connections} connections are more than one process can measure (${MAXIMUM_CONNECTIONS}): run several, on several machines`,
    );
  }
  return count;
}

/** Sockets that are open at once. */
export function neededDescriptors(publishers: number, subscribers: number, subscribeBy: 'post' | 'socket'): number {
  const OTHERS = 100; // calls under way, files, standard streams
  return publishers + subscribers * (subscribeBy === 'post' ? publishers : 2) + OTHERS;
}

export function readThresholds(options: CommandOptions): Threshold[] {
  const wished: readonly [Threshold['name'], number | undefined][] = [
    ['max-failures', options.maxFailures],
    ['max-loss', options.maxLoss],
    ['max-join-ms-p99', options.maxJoinMsP99],
    ['max-first-frame-ms-p50', options.maxFirstFrameMsP50],
    ['max-latency-ms-p99', options.maxLatencyMsP99],
    ['min-bitrate', options.minBitrate],
  ];
  return wished.flatMap(([name, limit]) => (limit === undefined ? [] : [{ name, limit }]));
}

/** Reads a number of the command line. */
export function number(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a number from ${minimum} to ${maximum}.`);
  };
}

export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
  };
}

const UNIT_SECONDS = { s: 1, m: 60, h: 3_600 } as const;
const MAXIMUM_SECONDS = 24 * 3_600;

/** `30`, `30s`, `5m`, `1h`, in seconds. */
export function duration(text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text) ?? [];
  const seconds = Number(amount) * (UNIT_SECONDS[unit as 's'] ?? 1);
  if (seconds >= 1 && seconds <= MAXIMUM_SECONDS) return seconds;
  throw new InvalidArgumentError('It must be a time from 1s to 24h, such as 30, 30s, 5m or 1h.');
}

/** What level 3.1 of H.264 holds, which the pictures are said to be of. */
const MAXIMUM_PIXELS = 1_280 * 720;

export function resolution(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d{2,4})x(\d{2,4})$/.exec(text)?.map(Number) ?? [];
  const isUsable = width && height && width % 2 === 0 && height % 2 === 0 && width * height <= MAXIMUM_PIXELS;
  if (isUsable && Math.min(width, height) >= 16) return { width, height };
  throw new InvalidArgumentError('It must be WIDTHxHEIGHT in even numbers, of no more pixels than 1280x720.');
}

/** Half and a quarter of the size, with the part of the bitrate that browsers give them or so. The lowest first. */
export function lowerLayers<Video extends { width: number; height: number; bitrateBps: number }>(
  video: Video,
): Video[] {
  return [
    { divisor: 4, share: 0.1 },
    { divisor: 2, share: 0.3 },
  ].map(({ divisor, share }) => ({
    ...video,
    width: 2 * Math.ceil(video.width / divisor / 2),
    height: 2 * Math.ceil(video.height / divisor / 2),
    bitrateBps: Math.round(video.bitrateBps * share),
  }));
}

export function url(text: string): URL {
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text);
  throw new InvalidArgumentError('It must be a URL such as http://127.0.0.1:7080.');
}

/** The tokens of a text, one a line; empty lines and lines that begin with `#` are passed over. */
export function readTokenLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
