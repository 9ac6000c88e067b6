import type { types } from 'mediasoup';
import type { MediaKind } from '../webrtc/remote-description.ts';

/** What is sent to one receiver just now. */
export interface DeliveredMedia {
  /** Of RTP, without what is sent once more. */
  readonly bitrateBps: Readonly<Record<MediaKind, number>>;
  /** Part of the packets that did not arrive, 0 to 1, as the receiver says; undefined: it says nothing. */
  readonly lost: number | undefined;
}

/** What several connections of one receiver carry together: more weighs more. */
export function addUp(parts: readonly DeliveredMedia[]): DeliveredMedia {
  const told = parts.filter(({ lost }) => lost !== undefined);
  const toldBps = told.reduce((sum, part) => sum + totalBps(part), 0);
  const lostBps = told.reduce((sum, part) => sum + totalBps(part) * (part.lost ?? 0), 0);
  return {
    bitrateBps: {
      audio: parts.reduce((sum, { bitrateBps }) => sum + bitrateBps.audio, 0),
      video: parts.reduce((sum, { bitrateBps }) => sum + bitrateBps.video, 0),
    },
    lost: toldBps > 0 ? lostBps / toldBps : undefined,
  };
}

export function totalBps({ bitrateBps }: DeliveredMedia): number {
  return bitrateBps.audio + bitrateBps.video;
}

/**
 * Of a connection whose receiver tells of each packet (transport-wide feedback): one question to its worker, however many
 * streams it carries. Audio is sent as it comes in, video is the rest.
 *
 * @param audioBps what comes in of the audio that is sent; undefined where only audio is sent
 */
export function deliveredOver(
  { rtpSendBitrate, rtpPacketLossSent }: types.WebRtcTransportStat,
  audioBps: number | undefined,
): DeliveredMedia {
  const audio = audioBps === undefined ? rtpSendBitrate : Math.min(audioBps, rtpSendBitrate);
  return {
    bitrateBps: { audio, video: rtpSendBitrate - audio },
    lost: rtpSendBitrate > 0 ? rtpPacketLossSent : undefined,
  };
}

/** Of streams whose receiver reports on each of them (RFC 3550 section 6.4.1). A stream that has ended carries nothing. */
export async function deliveredBy(consumers: readonly types.Consumer[]): Promise<DeliveredMedia> {
  const parts = consumers.map(async (consumer): Promise<DeliveredMedia[]> => {
    const stats = await consumer.getStats().catch(() => []);
    const stat = stats.find(({ type }) => type === 'outbound-rtp');
    if (!stat) return [];
    const { bitrate, fractionLost, roundTripTime } = stat;
    const bitrateBps = { audio: 0, video: 0, [consumer.kind]: bitrate };
    // A round trip is known as soon as there was a report.
    return [{ bitrateBps, lost: roundTripTime === undefined ? undefined : fractionLost / 256 }];
  });
  return addUp((await Promise.all(parts)).flat());
}
