import type { RemoteStageStream } from '../streams/remote-stage-stream.ts';
import type { StageStream } from '../streams/stage-stream.ts';
import type { StageStreamLayer, StageStreamLayerSelectedReason } from '../streams/stage-stream-layer.ts';
import type { StageError } from './stage-error.ts';
import type { StageLeftReason } from './stage-left-reason.ts';
import type { StageParticipantInfo } from './stage-participant.ts';

/** Whether this client is in the stage. */
export const StageConnectionState = {
  /** Outside. */
  DISCONNECTED: 'disconnected',
  /** On the way in, or back in. */
  CONNECTING: 'connecting',
  /** Inside. */
  CONNECTED: 'connected',
  /** The connection broke. The client connects again for up to 30 seconds before it gives up with an `error` event. */
  ERRORED: 'errored',
} as const;
export type StageConnectionState = (typeof StageConnectionState)[keyof typeof StageConnectionState];

/** Whether a participant publishes. */
export const StageParticipantPublishState = {
  /** It does not. */
  NOT_PUBLISHED: 'not_published',
  /** This client is about to. */
  ATTEMPTING_PUBLISH: 'attempting_publish',
  /** It does. */
  PUBLISHED: 'published',
  /** This client cannot just now: it tries again, unless an `error` event tells otherwise. */
  ERRORED: 'errored',
} as const;
export type StageParticipantPublishState =
  (typeof StageParticipantPublishState)[keyof typeof StageParticipantPublishState];

/** Whether this client receives what a remote participant publishes. */
export const StageParticipantSubscribeState = {
  /** It does not: nothing is published or wished. */
  NOT_SUBSCRIBED: 'not_subscribed',
  /** It is about to. */
  ATTEMPTING_SUBSCRIBE: 'attempting_subscribe',
  /** It does. */
  SUBSCRIBED: 'subscribed',
  /** It cannot just now: it tries again, unless an `error` event tells otherwise. */
  ERRORED: 'errored',
} as const;
export type StageParticipantSubscribeState =
  (typeof StageParticipantSubscribeState)[keyof typeof StageParticipantSubscribeState];

/** What a stage tells. `StageEventMap` has the arguments of each. */
export const StageEvents = {
  /** Something failed for good. */
  ERROR: 'error',
  /** This client's connection changed. */
  STAGE_CONNECTION_STATE_CHANGED: 'stageConnectionStateChanged',
  /** This client is out of the stage. */
  STAGE_LEFT: 'stageLeft',
  /** A remote participant came. */
  STAGE_PARTICIPANT_JOINED: 'stageParticipantJoined',
  /** A remote participant left. */
  STAGE_PARTICIPANT_LEFT: 'stageParticipantLeft',
  /** User id or attributes of a participant changed. */
  STAGE_PARTICIPANT_METADATA_CHANGED: 'stageParticipantMetadataChanged',
  /** A participant, this client's own included, began or ended publishing. */
  STAGE_PARTICIPANT_PUBLISH_STATE_CHANGED: 'stageParticipantPublishStateChanged',
  /** This client began or ended receiving what a participant publishes. */
  STAGE_PARTICIPANT_SUBSCRIBE_STATE_CHANGED: 'stageParticipantSubscribeStateChanged',
  /** Streams of a participant, this client's own included, are there. */
  STAGE_PARTICIPANT_STREAMS_ADDED: 'stageParticipantStreamsAdded',
  /** They are there no more. */
  STAGE_PARTICIPANT_STREAMS_REMOVED: 'stageParticipantStreamsRemoved',
  /** A stream was muted or unmuted by whoever publishes it. */
  STAGE_STREAM_MUTE_CHANGED: 'stageStreamMuteChanged',
  /** The server chooses the layer, or the strategy's one is received. */
  STAGE_STREAM_ADAPTION_CHANGED: 'stageStreamAdaptionChanged',
  /** Other layers, other properties of a layer, or another one is selected. */
  STAGE_STREAM_LAYERS_CHANGED: 'stageStreamLayersChanged',
  /** Another layer is received. */
  STAGE_STREAM_LAYER_SELECTED: 'stageStreamLayerSelected',
  /** A message came inside a video, and with `repeatCount` comes again. Told where `inBandMessaging` asks for it. */
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
