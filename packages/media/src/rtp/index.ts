export { H264Depacketizer } from './h264-depacketizer.ts';
export { packetizeH264 } from './h264-packetizer.ts';
export { MalformedMedia } from './malformed-media.ts';
export { parseRtpPacket, writeRtpPacket } from './packet.ts';
export { parseRtcp, writeSenderReport } from './rtcp.ts';
export { StreamTap } from './stream-tap.ts';
export type { VideoFacts } from './video-facts.ts';
