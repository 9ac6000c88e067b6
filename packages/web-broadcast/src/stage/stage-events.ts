import type { RemoteStageStream } from '../streams/remote-stage-stream.ts';
import type { StageStream } from '../streams/stage-stream.ts';
import type { StageStreamLayer, StageStreamLayerSelectedReason } from '../streams/stage-stream-layer.ts';
import type { StageError } from './stage-error.ts';
import type { StageParticipantInfo } from './stage-participant.ts';

export const StageConnectionState = {
  DISCONNECTED: 'disconnected',
  CONNECTING: 'connecting',
  CONNECTED: 'connected',
  /** The connection broke. The client connects again for up to 30 seconds before it gives up with an `error` event. */
  ERRORED: 'errored',
} as const;
export type StageConnectionState = (typeof StageConnectionState)[keyof typeof StageConnectionState];

export const StageParticipantPublishState = {
  NOT_PUBLISHED: 'not_published',
  ATTEMPTING_PUBLISH: 'attempting_publish',
  PUBLISHED: 'published',
  ERRORED: 'errored',
} as const;
export type StageParticipantPublishState =
  (typeof StageParticipantPublishState)[keyof typeof StageParticipantPublishState];

export const StageParticipantSubscribeState = {
  NOT_SUBSCRIBED: 'not_subscribed',
  ATTEMPTING_SUBSCRIBE: 'attempting_subscribe',
  SUBSCRIBED: 'subscribed',
  ERRORED: 'errored',
} as const;
export type StageParticipantSubscribeState =
  (typeof StageParticipantSubscribeState)[keyof typeof StageParticipantSubscribeState];

/** Why the client is out of the stage. */
export const StageLeftReason = {
  USER_INITIATED: 'user-initiated',
  PARTICIPANT_DISCONNECTED: 'participant-disconnected',
  STAGE_DELETED: 'stage-deleted',
  TOKEN_REUSED: 'token-reused',
  FAILED_EXCHANGE: 'failed-exchange',
  REAL_TIME_CONNECTION_FORCED_LEAVE: 'real-time-connection-forced-leave',
  REAL_TIME_CONNECTION_TOKEN_REVOCATION: 'real-time-connection-token-revocation',
  UNKNOWN: 'unknown',
} as const;
export type StageLeftReason = (typeof StageLeftReason)[keyof typeof StageLeftReason];

export const StageEvents = {
  ERROR: 'error',
  STAGE_CONNECTION_STATE_CHANGED: 'stageConnectionStateChanged',
  STAGE_LEFT: 'stageLeft',
  STAGE_PARTICIPANT_JOINED: 'stageParticipantJoined',
  STAGE_PARTICIPANT_LEFT: 'stageParticipantLeft',
  STAGE_PARTICIPANT_METADATA_CHANGED: 'stageParticipantMetadataChanged',
  STAGE_PARTICIPANT_PUBLISH_STATE_CHANGED: 'stageParticipantPublishStateChanged',
  STAGE_PARTICIPANT_SUBSCRIBE_STATE_CHANGED: 'stageParticipantSubscribeStateChanged',
  STAGE_PARTICIPANT_STREAMS_ADDED: 'stageParticipantStreamsAdded',
  STAGE_PARTICIPANT_STREAMS_REMOVED: 'stageParticipantStreamsRemoved',
  STAGE_STREAM_MUTE_CHANGED: 'stageStreamMuteChanged',
  STAGE_STREAM_ADAPTION_CHANGED: 'stageStreamAdaptionChanged',
  STAGE_STREAM_LAYERS_CHANGED: 'stageStreamLayersChanged',
  STAGE_STREAM_LAYER_SELECTED: 'stageStreamLayerSelected',
  /** Not told yet: messages in the video come with a later version. */
  STAGE_STREAM_SEI_MESSAGE_RECEIVED: 'stageStreamSeiMessageReceived',
  /** Of this project: how loud the publishers are, about twice a second while anybody is heard. */
  STAGE_AUDIO_LEVELS_CHANGED: 'stageAudioLevelsChanged',
  /** Of this project: another publisher speaks now, or nobody. */
  STAGE_ACTIVE_SPEAKER_CHANGED: 'stageActiveSpeakerChanged',
} as const;
export type StageEvents = (typeof StageEvents)[keyof typeof StageEvents];

/** How loud a publisher is, in dBov: 0 is the loudest that can be. */
export interface StageAudioLevel {
  readonly participant: StageParticipantInfo;
  readonly levelDbov: number;
}

/** What listeners of each stage event get. Joined and left speak of remote participants only. */
export interface StageEventMap {
  error: [error: StageError];
  stageConnectionStateChanged: [state: StageConnectionState];
  stageLeft: [reason: StageLeftReason];
  stageParticipantJoined: [participant: StageParticipantInfo];
  stageParticipantLeft: [participant: StageParticipantInfo];
  stageParticipantMetadataChanged: [participant: StageParticipantInfo];
  stageParticipantPublishStateChanged: [participant: StageParticipantInfo, state: StageParticipantPublishState];
  stageParticipantSubscribeStateChanged: [participant: StageParticipantInfo, state: StageParticipantSubscribeState];
  stageParticipantStreamsAdded: [participant: StageParticipantInfo, streams: StageStream[]];
  stageParticipantStreamsRemoved: [participant: StageParticipantInfo, streams: StageStream[]];
  stageStreamMuteChanged: [participant: StageParticipantInfo, stream: StageStream];
  stageStreamAdaptionChanged: [participant: StageParticipantInfo, stream: RemoteStageStream, isAdapting: boolean];
  stageStreamLayersChanged: [participant: StageParticipantInfo, stream: RemoteStageStream, layers: StageStreamLayer[]];
  stageStreamLayerSelected: [
    participant: StageParticipantInfo,
    stream: RemoteStageStream,
    layer: StageStreamLayer,
    reason: StageStreamLayerSelectedReason,
  ];
  stageStreamSeiMessageReceived: [
    participant: StageParticipantInfo,
    message: { readonly payload: ArrayBuffer; readonly uuid: string },
  ];
  /** The loudest first; empty once when nobody is heard any more. */
  stageAudioLevelsChanged: [levels: readonly StageAudioLevel[]];
  stageActiveSpeakerChanged: [participant: StageParticipantInfo | undefined];
}
