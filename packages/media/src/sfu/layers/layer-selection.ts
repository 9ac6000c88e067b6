/**
 * Why a layer is sent, or is not the one that was hoped for:
 *
 * - `BANDWIDTH`: the server chose it by what the connection carries
 * - `PREFERENCE`: it is the one that the subscriber prefers
 * - `UNAVAILABLE`: its publisher does not send the one that would be chosen
 */
export type LayerReason = 'BANDWIDTH' | 'PREFERENCE' | 'UNAVAILABLE';

/** What a subscriber is told of the layer that it gets. */
export interface LayerSelection {
  /** Index of the layer; undefined while none is sent. */
  readonly selected: number | undefined;
  readonly reason: LayerReason | undefined;
  /** The server chooses; false while the preferred layer is sent. */
  readonly isAdapting: boolean;
}

/**
 * @param selected index of the layer that is sent
 * @param highest index of the highest one that the subscriber may get
 * @param prefers whether it is the subscriber's wish that none above is sent
 * @param flows whether the highest one comes from its publisher
 */
export function describeSelection(
  selected: number | undefined,
  highest: number,
  prefers: boolean,
  flows: boolean,
): LayerSelection {
  const preferred = prefers && selected === highest;
  const reason = preferred ? 'PREFERENCE' : selected !== highest && !flows ? 'UNAVAILABLE' : 'BANDWIDTH';
  return { selected, reason: selected === undefined ? undefined : reason, isAdapting: !preferred };
}
