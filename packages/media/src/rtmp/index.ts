export type { AmfObject } from './amf0.ts';
export type { AacFrame, AudioTag } from './audio-tag.ts';
export type { RtmpEnd } from './connection.ts';
export type { RtmpLimits } from './limits.ts';
export { type PublishDestination, PublishFailure, RtmpPublisher } from './publisher.ts';
export { type PublishRequest, RtmpServerSession } from './server-session.ts';
export type { AvcConfiguration, AvcPicture, VideoTag } from './video-tag.ts';
