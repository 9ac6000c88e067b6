export { EventsSocket } from './clients/events-socket.ts';
export { readToken } from './clients/participant-token.ts';
export { type PostSubscriber, subscribeByPost } from './clients/post-subscriber.ts';
export { Publisher } from './clients/publisher.ts';
export type { Received, Receiver } from './clients/receiver.ts';
export { postTo, Refused, type Signalling } from './clients/signalling.ts';
export { StageSubscriber } from './clients/stage-subscriber.ts';
export { createIdentity, type Identity } from './connection/identity.ts';
export { VIDEO_DEFAULTS, type VideoSettings } from './stream/video-source.ts';
