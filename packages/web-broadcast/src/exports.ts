export { type LogFields, type Logger, LogLevels, LogLevels as LOG_LEVEL } from './logging.ts';
export { Stage, type StageConfiguration } from './stage/stage.ts';
export { StageError, StageErrorCategory, StageErrorCode } from './stage/stage-error.ts';
export {
  type StageAudioLevel,
  StageConnectionState,
  StageConnectionState as ConnectionState,
  type StageEventMap,
  StageEvents,
  StageLeftReason,
  StageParticipantPublishState,
  StageParticipantSubscribeState,
} from './stage/stage-events.ts';
export type {
  LocalStageParticipantInfo,
  StageParticipantCapability,
  StageParticipantInfo,
} from './stage/stage-participant.ts';
export {
  InitialLayerPreference,
  type StageStrategy,
  type SubscribeConfiguration,
  SubscribeType,
} from './stage/stage-strategy.ts';
export { LocalStageStream } from './streams/local-stage-stream.ts';
export { RemoteStageStream, RemoteStageStreamEvents } from './streams/remote-stage-stream.ts';
export { SimulcastLayerPresets } from './streams/simulcast-layers.ts';
export { StageStream, StreamType } from './streams/stage-stream.ts';
export { type StageStreamLayer, StageStreamLayerSelectedReason } from './streams/stage-stream-layer.ts';
export type {
  SimulcastConfiguration,
  SimulcastLocalLayerConfiguration,
  StageAudioConfiguration,
  StageVideoConfiguration,
} from './streams/stream-configuration.ts';
export { __version } from './version.ts';
