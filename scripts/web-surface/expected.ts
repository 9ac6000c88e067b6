/**
 * What the public reference of the Amazon IVS web broadcast SDK tells of its real-time part: what a compatible client has.
 * Written down by hand, so that it says what is wanted, not what is there.
 */

/** Enumerations with the values of their members. */
export const enumerations: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  ConnectionState: {
    CONNECTED: 'connected',
    CONNECTING: 'connecting',
    DISCONNECTED: 'disconnected',
    ERRORED: 'errored',
  },
  InitialLayerPreference: { LOWEST_QUALITY: 'lowest_quality', HIGHEST_QUALITY: 'highest_quality' },
  JitterBufferMinDelay: { DEFAULT: 'default', LOW: 'low', MEDIUM: 'medium', HIGH: 'high' },
  LocalStageStreamEvents: {},
  LogLevels: {},
  LOG_LEVEL: {},
  NetworkQuality: { DOWN: 0, POOR: 1, NORMAL: 2, GOOD: 3, EXCELLENT: 4 },
  RealTimeConnectionState: { DISCONNECTED: 'disconnected', CONNECTING: 'connecting', CONNECTED: 'connected' },
  RemoteStageStreamEvents: {
    ADAPTION_CHANGED: 'ADAPTION_CHANGED',
    LAYERS_CHANGED: 'LAYERS_CHANGED',
    LAYER_SELECTED: 'LAYER_SELECTED',
  },
  RemoteSubtitleStreamEvents: { CUE_RECEIVED: 'cueReceived' },
  StageConnectionState: {
    CONNECTED: 'connected',
    CONNECTING: 'connecting',
    DISCONNECTED: 'disconnected',
    ERRORED: 'errored',
  },
  StageErrorCategory: {
    JOIN_ERROR: 'JOIN_ERROR',
    PUBLISH_ERROR: 'PUBLISH_ERROR',
    SUBSCRIBE_ERROR: 'SUBSCRIBE_ERROR',
  },
  StageErrorCode: {
    TOKEN_MALFORMED: 1,
    TOKEN_EXPIRED: 2,
    TIMEOUT: 3,
    FAILED: 4,
    CANCELED: 5,
    STAGE_AT_CAPACITY: 6,
    CODEC_MISMATCH: 7,
    TOKEN_NOT_ALLOWED: 8,
    STAGE_DELETED: 9,
    PARTICIPANT_DISCONNECTED: 10,
  },
  StageEvents: {
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
    STAGE_STREAM_SEI_MESSAGE_RECEIVED: 'stageStreamSeiMessageReceived',
  },
  StageLeftReason: {
    USER_INITIATED: 'user-initiated',
    PARTICIPANT_DISCONNECTED: 'participant-disconnected',
    STAGE_DELETED: 'stage-deleted',
    TOKEN_REUSED: 'token-reused',
    FAILED_EXCHANGE: 'failed-exchange',
    REAL_TIME_CONNECTION_FORCED_LEAVE: 'real-time-connection-forced-leave',
    REAL_TIME_CONNECTION_TOKEN_REVOCATION: 'real-time-connection-token-revocation',
    UNKNOWN: 'unknown',
  },
  StageParticipantPublishState: {
    ATTEMPTING_PUBLISH: 'attempting_publish',
    ERRORED: 'errored',
    NOT_PUBLISHED: 'not_published',
    PUBLISHED: 'published',
  },
  StageParticipantSubscribeState: {
    ATTEMPTING_SUBSCRIBE: 'attempting_subscribe',
    ERRORED: 'errored',
    NOT_SUBSCRIBED: 'not_subscribed',
    SUBSCRIBED: 'subscribed',
  },
  StageStreamLayerSelectedReason: {},
  StreamType: { AUDIO: 'audio', VIDEO: 'video', SUBTITLE: 'subtitle' },
  SubscribeType: { NONE: 'none', AUDIO_ONLY: 'audio_only', AUDIO_VIDEO: 'audio_video' },
};

const emitter = ['on', 'off', 'once', 'removeAllListeners', 'hasListenersFor'];
const stream = [
  'id',
  'isMuted',
  'mediaStreamTrack',
  'streamType',
  'requestQualityStats',
  'requestRTCStats',
  'getStats',
  'cleanup',
  ...emitter,
];

/** Classes and objects with the names of their members. */
export const classes: Readonly<Record<string, readonly string[]>> = {
  AmazonIVSBroadcastClient: [],
  BroadcastClientError: [],
  BroadcastClientEvents: [],
  Config: [],
  Errors: [],
  LocalStageStream: [...stream, 'setMuted', 'mediaConfig', 'insertSeiMessage'],
  RealTimeConnection: ['connect', 'disconnect', 'on', 'hasListenersFor'],
  RemoteStageStream: [
    ...stream,
    'setMuted',
    'participantInfo',
    'isAdapting',
    'getLayers',
    'getSelectedLayer',
    'getLowestQualityLayer',
    'getHighestQualityLayer',
  ],
  SimulcastLayerPresets: [
    'DEFAULT_160',
    'DEFAULT_180',
    'DEFAULT_270',
    'DEFAULT_360',
    'DEFAULT_480',
    'DEFAULT_540',
    'DEFAULT_720',
  ],
  Stage: ['join', 'leave', 'refreshStrategy', 'replaceStrategy', 'exchangeToken', 'localParticipant', ...emitter],
  StageStream: stream,
  STAGE_MAX_BITRATE: [],
  STAGE_MAX_FRAMERATE: [],
  STAGE_MAX_RESOLUTION: [],
  STAGE_MIN_BITRATE: [],
  STAGE_MIN_FRAMERATE: [],
  STAGE_MIN_RESOLUTION: [],
  __version: [],
};

const stageEventNames = Object.values(enumerations.StageEvents ?? {}).map(String);

/** Types with the names of their members. */
export const types: Readonly<Record<string, readonly string[]>> = {
  InBandMessagingStageVideoConfiguration: ['enabled'],
  InBandMessagingSubscribeConfiguration: ['enabled'],
  JitterBufferConfiguration: ['minDelay'],
  LocalAudioStats: [
    'bytesSent',
    'packetsSent',
    'packetsLost',
    'headerBytesSent',
    'nackCount',
    'networkQuality',
    'retransmittedBytesSent',
    'retransmittedPacketsSent',
    'targetBitrate',
  ],
  LocalStageStreamEventMap: [],
  LocalVideoStats: [
    'active',
    'bytesSent',
    'firCount',
    'frameWidth',
    'frameHeight',
    'framesEncoded',
    'framesPerSecond',
    'framesSent',
    'headerBytesSent',
    'hugeFramesSent',
    'keyFramesEncoded',
    'nackCount',
    'pliCount',
    'networkQuality',
    'packetsLost',
    'packetsSent',
    'qualityLimitationReason',
    'qualityLimitationDurations',
    'retransmittedBytesSent',
    'retransmittedPacketsSent',
    'rid',
    'roundTripTime',
  ],
  RealTimeConnectionEventMap: [],
  RemoteAudioStats: [
    'audioLevel',
    'bytesReceived',
    'concealedSamples',
    'concealmentEvents',
    'headerBytesReceived',
    'insertedSamplesForDeceleration',
    'jitter',
    'jitterBufferDelay',
    'jitterBufferEmittedCount',
    'nackCount',
    'networkQuality',
    'packetsDiscarded',
    'packetsLost',
    'packetsReceived',
    'silentConcealedSamples',
  ],
  RemoteStageStreamEventMap: ['ADAPTION_CHANGED', 'LAYERS_CHANGED', 'LAYER_SELECTED'],
  RemoteVideoStats: [
    'bytesReceived',
    'framesDecoded',
    'framesDropped',
    'framesReceived',
    'framesPerSecond',
    'frameWidth',
    'frameHeight',
    'freezeCount',
    'totalFreezesDuration',
    'jitter',
    'jitterBufferDelay',
    'jitterBufferEmittedCount',
    'keyFramesDecoded',
    'nackCount',
    'pliCount',
    'firCount',
    'networkQuality',
    'packetsLost',
    'packetsReceived',
    'pauseCount',
  ],
  SimulcastConfiguration: ['enabled', 'layers'],
  SimulcastLocalLayerConfiguration: ['width', 'height', 'maxBitrateKbps', 'maxFramerate'],
  SimulcastSubscribeConfiguration: ['initialLayerPreference'],
  StageAudioConfiguration: ['maxAudioBitrateKbps', 'stereo'],
  StageConfiguration: ['realTimeConnection'],
  StageError: ['code', 'category', 'message', 'name'],
  StageEventMap: stageEventNames,
  StageParticipantInfo: [
    'id',
    'userId',
    'attributes',
    'userInfo',
    'capabilities',
    'isLocal',
    'isPublishing',
    'audioMuted',
    'videoStopped',
  ],
  StageStrategy: [
    'shouldPublishParticipant',
    'stageStreamsToPublish',
    'shouldSubscribeToParticipant',
    'subscribeConfiguration',
    'preferredLayerForStream',
  ],
  StageStreamLayer: ['label', 'width', 'height', 'framesPerSecond', 'bitrateBps', 'selected'],
  StageVideoConfiguration: [
    'maxVideoBitrateKbps',
    'maxFramerate',
    'simulcast',
    'inBandMessaging',
    'maxBitrate',
    'minBitrate',
  ],
  SubscribeConfiguration: ['jitterBuffer', 'simulcast', 'inBandMessaging'],
};

const CONNECTIONS = 'one connection for several stages, by a connection token';
const EXCHANGE = 'token exchange';
const SEI = 'in-band messages (SEI)';
const SUBTITLES = 'subtitles, a beta feature';

/** What is not there yet, and what it belongs to. */
export const later: Readonly<Record<string, string>> = {
  'LocalStageStream.insertSeiMessage': SEI,
  RealTimeConnection: CONNECTIONS,
  RealTimeConnectionEventMap: CONNECTIONS,
  RealTimeConnectionState: CONNECTIONS,
  RemoteSubtitleStreamEvents: SUBTITLES,
  'Stage.exchangeToken': EXCHANGE,
  'StageConfiguration.realTimeConnection': CONNECTIONS,
  'StreamType.SUBTITLE': SUBTITLES,
};

/** Members that nothing tells before what is to come is there. */
export const toldLater: Readonly<Record<string, string>> = {
  'StageLeftReason.FAILED_EXCHANGE': EXCHANGE,
  'StageLeftReason.REAL_TIME_CONNECTION_FORCED_LEAVE': CONNECTIONS,
  'StageLeftReason.REAL_TIME_CONNECTION_TOKEN_REVOCATION': CONNECTIONS,
};

const LOW_LATENCY = 'broadcasts to low-latency channels, not to stages';

/** What will not be there, and why. */
export const notOffered: Readonly<Record<string, string>> = {
  AmazonIVSBroadcastClient: LOW_LATENCY,
  BroadcastClientError: LOW_LATENCY,
  BroadcastClientEvents: LOW_LATENCY,
  Config: LOW_LATENCY,
};
