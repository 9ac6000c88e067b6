/** Constrained Baseline in fragmented NAL units: what every browser decodes (RFC 7742 §6.2). */
const BASELINE = /^(?=.*packetization-mode=1)(?=.*profile-level-id=42e0)/i;

/**
 * The video codecs to offer, best first: H.264, then VP8 for browsers without it; retransmission goes along. Others are
 * left out, as no stage takes them.
 */
export function preferVideoCodecs<Codec extends RTCRtpCodec>(codecs: readonly Codec[]): Codec[] {
  const rank = ({ mimeType, sdpFmtpLine = '' }: Codec) => {
    switch (mimeType.toLowerCase()) {
      case 'video/h264':
        return BASELINE.test(sdpFmtpLine) ? 0 : 1;
      case 'video/vp8':
        return 2;
      case 'video/rtx':
        return 3;
      default:
        return undefined;
    }
  };
  return codecs
    .filter((codec) => rank(codec) !== undefined)
    .toSorted((one, other) => (rank(one) ?? 0) - (rank(other) ?? 0));
}
