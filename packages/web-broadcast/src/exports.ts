export type { StageParticipantCapability } from './connection/participant-token.ts';
export { type LogFields, type Logger, LogLevels, LogLevels as LOG_LEVEL } from './logging.ts';
export { RealTimeConnection } from './real-time-connection/real-time-connection.ts';
export {
  RealTimeConnectionError,
  RealTimeConnectionErrorCode,
} from './real-time-connection/real-time-connection-error.ts';
export {
  type RealTimeConnectionEventMap,
  RealTimeConnectionState,
} from './real-time-connection/real-time-connection-events.ts';
export { Errors } from './stage/errors.ts';
export { Stage, type StageConfiguration } from './stage/stage.ts';
export { StageError, StageErrorCategory, StageErrorCode } from './stage/stage-error.ts';
export {
  type StageAudioLevel,
  StageConnectionState,
  StageConnectionState as ConnectionState,
  type StageEventMap,
  StageEvents,
  StageParticipantPublishState,
  StageParticipantSubscribeState,
} from './stage/stage-events.ts';
export { StageLeftReason } from './stage/stage-left-reason.ts';
export type { LocalStageParticipantInfo, StageParticipantInfo } from './stage/stage-participant.ts';
export {
  InitialLayerPreference,
  type SimulcastSubscribeConfiguration,
  type StageStrategy,
  type SubscribeConfiguration,
  SubscribeType,
} from './stage/stage-strategy.ts';
export { NetworkQuality } from './statistics/network-quality.ts';
export type {
  LocalAudioStats,
  LocalVideoStats,
  RemoteAudioStats,
  RemoteVideoStats,
} from './statistics/quality-stats.ts';
export type {
  InBandMessagingStageVideoConfiguration,
  InBandMessagingSubscribeConfiguration,
  SeiMessageOptions,
} from './streams/in-band-messaging.ts';
export { LocalStageStream, LocalStageStreamEvents } from './streams/local-stage-stream.ts';
export { RemoteStageStream, RemoteStageStreamEvents } from './streams/remote-stage-stream.ts';
export { SimulcastLayerPresets } from './streams/simulcast-layers.ts';
export {
  type LocalStageStreamEventMap,
  type RemoteStageStreamEventMap,
  StageStream,
  StreamType,
} from './streams/stage-stream.ts';
export { type StageStreamLayer, StageStreamLayerSelectedReason } from './streams/stage-stream-layer.ts';
export {
  STAGE_MAX_BITRATE,
  STAGE_MAX_FRAMERATE,
  STAGE_MAX_RESOLUTION,
  STAGE_MIN_BITRATE,
  STAGE_MIN_FRAMERATE,
  STAGE_MIN_RESOLUTION,
} from './streams/stream-bounds.ts';
export type {
  SimulcastConfiguration,
  SimulcastLocalLayerConfiguration,
  StageAudioConfiguration,
  StageStreamConfiguration,
  StageVideoConfiguration,
} from './streams/stream-configuration.ts';
export { type JitterBufferConfiguration, JitterBufferMinDelay } from './subscribe/jitter-buffer.ts';
export { __version } from './version.ts';
