import {
  isLargerThanAllowed,
  isSmallerThanAllowed,
  STAGE_MAX_RESOLUTION,
  scaleToFit,
  videoBounds,
} from './stream-bounds.ts';
import type { SimulcastLocalLayerConfiguration, StageVideoConfiguration } from './stream-configuration.ts';

const MAXIMUM_LAYERS = 3;
/** Sizes are whole, even numbers: no layer can have exactly the ratio of every source. */
const RATIO_TOLERANCE = 0.01;

/** Layers of 16:9, by their height. */
export const SimulcastLayerPresets = {
  DEFAULT_160: { width: 284, height: 160, maxBitrateKbps: 150, maxFramerate: 15 },
  DEFAULT_180: { width: 320, height: 180, maxBitrateKbps: 200, maxFramerate: 15 },
  DEFAULT_270: { width: 480, height: 270, maxBitrateKbps: 400, maxFramerate: 20 },
  DEFAULT_360: { width: 640, height: 360, maxBitrateKbps: 700, maxFramerate: 20 },
  DEFAULT_480: { width: 854, height: 480, maxBitrateKbps: 1000, maxFramerate: 30 },
  DEFAULT_540: { width: 960, height: 540, maxBitrateKbps: 1200, maxFramerate: 30 },
  DEFAULT_720: { width: 1280, height: 720, maxBitrateKbps: 1700, maxFramerate: 30 },
} as const satisfies Record<string, SimulcastLocalLayerConfiguration>;

/** A source's size in pixels, as far as its track tells it. */
export type SourceSize = Pick<MediaTrackSettings, 'width' | 'height'>;

/** A layer as it is sent. */
export interface SentLayer {
  /** How many times smaller than the source it is, in width and in height. */
  readonly scaleDownBy: number;
  readonly maxBitrateKbps: number;
  readonly maxFramerate: number;
}

const { DEFAULT_180, DEFAULT_360, DEFAULT_540, DEFAULT_720 } = SimulcastLayerPresets;

/** By the source's short side: the layers' parts of it and their rates, the lowest first. */
const DEFAULT_LAYERS: readonly { readonly shortSide: number; readonly layers: readonly SentLayer[] }[] = [
  { shortSide: 720, layers: [scaled(4, DEFAULT_180), scaled(2, DEFAULT_360), scaled(1, DEFAULT_720)] },
  { shortSide: 540, layers: [scaled(3, DEFAULT_180), scaled(1, DEFAULT_540)] },
  { shortSide: 360, layers: [scaled(2, DEFAULT_180), scaled(1, DEFAULT_360)] },
];

function scaled(scaleDownBy: number, { maxBitrateKbps, maxFramerate }: SimulcastLocalLayerConfiguration): SentLayer {
  return { scaleDownBy, maxBitrateKbps, maxFramerate };
}

/** @throws {RangeError} when custom layers are too many, or do not fit a stage, the source or the stream's own limits */
export function validateLayers(config: StageVideoConfiguration, source: SourceSize): void {
  const { enabled, layers } = config.simulcast ?? {};
  if (!enabled || !layers) return;
  const { maxBitrateKbps, maxFramerate } = videoBounds(config);
  if (layers.length < 1 || layers.length > MAXIMUM_LAYERS) {
    throw new RangeError(`A stream has 1 to ${MAXIMUM_LAYERS} simulcast layers, not ${layers.length}`);
  }
  for (const layer of layers) {
    const name = `The simulcast layer of ${layer.width} × ${layer.height}`;
    if (Object.values(layer).some((value) => !(value > 0))) throw new RangeError(`${name} has an odd value`);
    if (isLargerThanAllowed(layer)) throw new RangeError(`${name} is larger than a stage takes`);
    if (isSmallerThanAllowed(layer)) throw new RangeError(`${name} is smaller than a stage takes`);
    if (layer.maxBitrateKbps > maxBitrateKbps) throw new RangeError(`${name} is above the stream's bitrate`);
    if (layer.maxFramerate > maxFramerate) throw new RangeError(`${name} is above the stream's frame rate`);
    const { width, height } = source;
    if (!width || !height) continue; // the browser does not tell
    if (layer.width > width || layer.height > height) throw new RangeError(`${name} is larger than the source`);
    const ratio = (layer.width * height) / (layer.height * width);
    if (Math.abs(ratio - 1) > RATIO_TOLERANCE) throw new RangeError(`${name} has another aspect ratio than the source`);
  }
}

/** The layers in which a stream is to be sent, the lowest first; a single one without simulcast. */
export function layersToSend(config: StageVideoConfiguration, source: SourceSize): SentLayer[] {
  const { maxBitrateKbps, maxFramerate } = videoBounds(config);
  const { width = STAGE_MAX_RESOLUTION.width, height = STAGE_MAX_RESOLUTION.height } = source;
  const fit = scaleToFit({ width, height });
  const single = { scaleDownBy: fit, maxBitrateKbps, maxFramerate };
  if (!config.simulcast?.enabled) return [single];
  if (config.simulcast.layers) {
    return config.simulcast.layers
      .map((layer) => scaled(Math.max(1, width / layer.width), layer))
      .toSorted((one, other) => other.scaleDownBy - one.scaleDownBy);
  }
  const shortSide = Math.round(Math.min(width, height) / fit);
  const defaults = DEFAULT_LAYERS.find((each) => each.shortSide <= shortSide)?.layers;
  if (!defaults) return [single];
  return defaults.map((layer) => ({
    scaleDownBy: layer.scaleDownBy * fit,
    maxBitrateKbps: Math.min(layer.maxBitrateKbps, maxBitrateKbps),
    maxFramerate: Math.min(layer.maxFramerate, maxFramerate),
  }));
}
