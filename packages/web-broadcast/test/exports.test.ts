import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useClient } from './client.ts';

/** What applications compare with. */
const ENUMERATIONS = {
  ConnectionState: {
    DISCONNECTED: 'disconnected',
    CONNECTING: 'connecting',
    CONNECTED: 'connected',
    ERRORED: 'errored',
  },
  InitialLayerPreference: { LOWEST_QUALITY: 'lowest_quality', HIGHEST_QUALITY: 'highest_quality' },
  JitterBufferMinDelay: { DEFAULT: 'default', LOW: 'low', MEDIUM: 'medium', HIGH: 'high' },
  LocalStageStreamEvents: { MUTE_CHANGED: 'MUTE_CHANGED' },
  LogLevels: { SILENT: 'silent', ERROR: 'error', WARN: 'warn', INFO: 'info', DEBUG: 'debug' },
  LOG_LEVEL: { SILENT: 'silent', ERROR: 'error', WARN: 'warn', INFO: 'info', DEBUG: 'debug' },
  NetworkQuality: {
    DOWN: 0,
    POOR: 1,
    NORMAL: 2,
    GOOD: 3,
    EXCELLENT: 4,
    0: 'DOWN',
    1: 'POOR',
    2: 'NORMAL',
    3: 'GOOD',
    4: 'EXCELLENT',
  },
  RealTimeConnectionErrorCode: { TIMEOUT: 3, FAILED: 4, TOKEN_MALFORMED: 1053, TOKEN_EXPIRED: 1054 },
  RealTimeConnectionState: { DISCONNECTED: 'disconnected', CONNECTING: 'connecting', CONNECTED: 'connected' },
  RemoteStageStreamEvents: {
    ADAPTION_CHANGED: 'ADAPTION_CHANGED',
    LAYERS_CHANGED: 'LAYERS_CHANGED',
    LAYER_SELECTED: 'LAYER_SELECTED',
  },
  StageConnectionState: {
    DISCONNECTED: 'disconnected',
    CONNECTING: 'connecting',
    CONNECTED: 'connected',
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
    1: 'TOKEN_MALFORMED',
    2: 'TOKEN_EXPIRED',
    3: 'TIMEOUT',
    4: 'FAILED',
    5: 'CANCELED',
    6: 'STAGE_AT_CAPACITY',
    7: 'CODEC_MISMATCH',
    8: 'TOKEN_NOT_ALLOWED',
    9: 'STAGE_DELETED',
    10: 'PARTICIPANT_DISCONNECTED',
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
    NOT_PUBLISHED: 'not_published',
    ATTEMPTING_PUBLISH: 'attempting_publish',
    PUBLISHED: 'published',
    ERRORED: 'errored',
  },
  StageParticipantSubscribeState: {
    NOT_SUBSCRIBED: 'not_subscribed',
    ATTEMPTING_SUBSCRIBE: 'attempting_subscribe',
    SUBSCRIBED: 'subscribed',
    ERRORED: 'errored',
  },
  StreamType: { AUDIO: 'audio', VIDEO: 'video' },
  SubscribeType: { NONE: 'none', AUDIO_ONLY: 'audio_only', AUDIO_VIDEO: 'audio_video' },
} as const;

describe('What the client exports', () => {
  const client = useClient();

  it('has in a page the values that applications compare with', async () => {
    const names = Object.keys(ENUMERATIONS) as (keyof typeof ENUMERATIONS)[];
    const found = await client.page.evaluate(
      (wanted) => Object.fromEntries(wanted.map((name) => [name, { ...t[name] }])),
      names,
    );
    assert.deepEqual(found, ENUMERATIONS);
  });

  it('names what errors consist of twice', async () => {
    const error = await client.page.evaluate(() => {
      try {
        t.createStage('no token');
        return undefined;
      } catch (thrown) {
        if (!(thrown instanceof t.Errors.StageError && thrown instanceof t.StageError && thrown instanceof Error)) {
          throw thrown;
        }
        const { code, category, name, message } = thrown;
        const { StageErrorCode, StageErrorCategory } = t.Errors;
        return [code === StageErrorCode.TOKEN_MALFORMED, category === StageErrorCategory.JOIN_ERROR, name, message];
      }
    });
    assert.deepEqual(error?.slice(0, 3), [true, true, 'StageError']);
    assert.match(String(error?.[3]), /^The participant token cannot be read/);
  });

  it('tells its version', async () => {
    assert.match(await client.page.evaluate(() => t.__version), /^\d+\.\d+\.\d+/);
  });
});
