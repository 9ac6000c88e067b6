/** How a client speaks with the server, without anything of a browser: for the participant in Node. */
export { type Clock, systemClock } from './clock.ts';
export type { ConnectionEnd } from './connection/connection-end.ts';
export { EventsSocket } from './connection/events-socket.ts';
export type {
  MediaKind,
  MuteState,
  ParticipantState,
  ParticipantWish,
  ServerMessage,
  SubscriberOffer,
} from './connection/messages.ts';
export {
  type ParticipantToken,
  readParticipantToken,
  type StageParticipantCapability,
} from './connection/participant-token.ts';
export { Retrier } from './connection/retrier.ts';
export { createWhipResource, deleteWhipResource, WhipRefusal, type WhipResource } from './connection/whip-resource.ts';
export { reportUncaught } from './emitter.ts';
export { createLogger, type Logger, LogLevels } from './logging.ts';
export { codeOfEventError } from './stage/event-error-code.ts';
export { StageError, StageErrorCategory, StageErrorCode } from './stage/stage-error.ts';
export { StageLeftReason } from './stage/stage-left-reason.ts';
export { compareStates, indexState, type StageChange, type StageState } from './stage/stage-state.ts';
