import { once } from 'node:events';
import type { types } from 'mediasoup';
import type { PublishedLayers } from './published-layers.ts';

/** A copy has all layers a moment after the first; what does not come until then is not waited for. */
const PATIENCE_MS = 1_000;

/**
 * Waits until the lowest layer has come to the router from which a stream is sent: a receiver that begins earlier is given
 * whatever came first, which may be the highest.
 *
 * @param copy the stream on that router; its own producer, or one that is fed by a pipe
 */
export async function lowestComes(copy: types.Producer, layers: PublishedLayers): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const there = () => copy.score.some(({ encodingIdx, score }) => encodingIdx === 0 && score > 0);
  while (!there() && layers.flows(0) && !copy.closed && !signal.aborted) {
    await once(copy, 'score', { signal }).catch(() => undefined); // in vain: then without it
  }
}
