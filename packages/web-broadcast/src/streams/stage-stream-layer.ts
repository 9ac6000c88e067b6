/** A layer of a remote video. Values are those of the publisher's encoder, and may change. */
export interface StageStreamLayer {
  /** `hi`, `mid` or `low`: tells its place, and may stand for something else in another publish. */
  readonly label: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** At most. */
  readonly framesPerSecond: number;
  /** Bits per second, at most. */
  readonly bitrateBps: number;
  /** Whether it is the one that is received now. */
  readonly selected: boolean;
}

/** Why a layer is received. */
export const StageStreamLayerSelectedReason = {
  /** The server chose it by what the connection carries. */
  BANDWIDTH: 'BANDWIDTH',
  /** The strategy prefers it. */
  PREFERENCE: 'PREFERENCE',
  /** The publisher does not send the layer that would have been chosen. */
  UNAVAILABLE: 'UNAVAILABLE',
} as const;
export type StageStreamLayerSelectedReason =
  (typeof StageStreamLayerSelectedReason)[keyof typeof StageStreamLayerSelectedReason];
