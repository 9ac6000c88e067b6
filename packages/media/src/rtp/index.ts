export { MalformedMedia } from './malformed-media.ts';
export { parseRtpPacket } from './packet.ts';
export { StreamTap } from './stream-tap.ts';
export type { VideoFacts } from './video-facts.ts';
