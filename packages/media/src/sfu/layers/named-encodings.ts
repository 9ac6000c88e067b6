import type { types } from 'mediasoup';

/**
 * Encodings for a second producer of the same packets, in another order. Senders cease to name their layers in the packets
 * once these were acknowledged, so each layer that has come is told by its SSRCs; one that has not come is told by its name.
 *
 * An encoding has one or the other: with both, a sender could bring two streams for it, which the worker does not survive.
 *
 * @param stats of the first producer
 * @param order indexes of the present encodings
 */
export function namedEncodings(
  encodings: readonly types.RtpEncodingParameters[],
  stats: readonly Pick<types.ProducerStat, 'ssrc' | 'rtxSsrc' | 'rid'>[],
  order: readonly number[],
): types.RtpEncodingParameters[] {
  return order.flatMap((index) => {
    const encoding = encodings[index];
    if (!encoding) return [];
    const stat = encoding.ssrc === undefined ? stats.find(({ rid }) => rid && rid === encoding.rid) : undefined;
    if (!stat) return [encoding];
    return [{ ssrc: stat.ssrc, ...(stat.rtxSsrc ? { rtx: { ssrc: stat.rtxSsrc } } : {}) }];
  });
}
