export { EventsSocket } from './clients/events-socket.ts';
export { subscribeToOffer } from './clients/offered-subscriber.ts';
export { readToken } from './clients/participant-token.ts';
export { type PostSubscriber, subscribeByPost } from './clients/post-subscriber.ts';
export { Publisher } from './clients/publisher.ts';
export type { Received, Receiver } from './clients/receiver.ts';
export { postTo, Refused, type Signalling } from './clients/signalling.ts';
export { StageSubscriber } from './clients/stage-subscriber.ts';
export { createIceCredentials, createIdentity, type IceCredentials, type Identity } from './connection/identity.ts';
export type { Spread } from './load/distribution.ts';
export type { Failure } from './load/failures.ts';
export type { LoadPlan } from './load/plan.ts';
export type { LoadReport } from './load/report.ts';
export { runLoad } from './load/run-load.ts';
export type { LoadSample } from './load/sample.ts';
export { percentile } from './percentile.ts';
export { readDescription } from './sdp/read-description.ts';
export { writePublishOffer } from './sdp/write-description.ts';
export { VIDEO_DEFAULTS, type VideoSettings } from './stream/video-source.ts';
export {
  isAuthentic,
  newTransactionId,
  parseStunMessage,
  readErrorCode,
  STUN_ATTRIBUTE,
  STUN_TYPE,
  writeStunMessage,
} from './stun/message.ts';
export { NoStunAnswer, StunConnection } from './stun/stun-connection.ts';
export { readXorAddress } from './stun/xor-address.ts';
export { parseTurnUrl, type TurnAddress } from './turn/turn-address.ts';
export { TurnAllocation, TurnRefused } from './turn/turn-allocation.ts';
