import { StageError, StageErrorCode, StageLeftReason } from '@proscenium/web-broadcast';
import { StageNotMade } from './made-stage.ts';
import { CameraMissing } from './media-source.ts';

const stageErrors: Readonly<Record<StageErrorCode, string>> = {
  [StageErrorCode.TOKEN_MALFORMED]: 'This is no participant token. Copy it again, the whole of it.',
  [StageErrorCode.TOKEN_EXPIRED]: 'This token has expired. Ask for a new one.',
  [StageErrorCode.TIMEOUT]: 'The server did not answer in time. Check the network.',
  [StageErrorCode.FAILED]: 'It did not work, also not when tried again. Check the network and the server.',
  [StageErrorCode.CANCELED]: 'Stopped.',
  [StageErrorCode.STAGE_AT_CAPACITY]: 'The stage is full.',
  [StageErrorCode.CODEC_MISMATCH]: 'This browser cannot play what is sent: it lacks the codec.',
  [StageErrorCode.TOKEN_NOT_ALLOWED]: 'Your token does not allow this.',
  [StageErrorCode.STAGE_DELETED]: 'This stage was deleted.',
  [StageErrorCode.PARTICIPANT_DISCONNECTED]: 'This participant was disconnected. It takes a new token to come back.',
};

const categories: Readonly<Record<string, string>> = {
  JOIN_ERROR: 'Joining',
  PUBLISH_ERROR: 'Sending your audio and video',
  SUBSCRIBE_ERROR: 'Receiving a participant',
};

const leftReasons: Readonly<Record<StageLeftReason, string>> = {
  [StageLeftReason.USER_INITIATED]: 'You left the stage.',
  [StageLeftReason.PARTICIPANT_DISCONNECTED]: 'You were disconnected from the stage.',
  [StageLeftReason.STAGE_DELETED]: 'The stage was deleted.',
  [StageLeftReason.TOKEN_REUSED]: 'Your token was used in another tab: one of you can be in the stage.',
  [StageLeftReason.FAILED_EXCHANGE]: 'Your new token was refused.',
  [StageLeftReason.REAL_TIME_CONNECTION_FORCED_LEAVE]: 'The connection was closed.',
  [StageLeftReason.REAL_TIME_CONNECTION_TOKEN_REVOCATION]: 'The connection’s token was revoked.',
  [StageLeftReason.UNKNOWN]: 'The connection to the stage was lost.',
};

/** What a person is told of an error. Never more of its message: that may be anything. */
export function wordsOf(error: unknown): string {
  if (error instanceof StageError) return `${categories[error.category]}: ${stageErrors[error.code]}`;
  if (error instanceof StageNotMade) return wordsOfStageNotMade(error);
  if (error instanceof CameraMissing) {
    return 'This browser gives no camera to pages that are not on https or localhost. Send the generated picture.';
  }
  switch (error instanceof DOMException && error.name) {
    case 'NotAllowedError':
      return 'Camera and microphone were not allowed. Allow them in the browser, or send the generated picture.';
    case 'NotFoundError':
      return 'There is no camera or no microphone. Send the generated picture.';
    case 'NotReadableError':
      return 'The camera or the microphone is in use by something else.';
    default:
      return 'Something unexpected went wrong. The browser’s console tells more.';
  }
}

export function wordsOfLeaving(reason: StageLeftReason): string {
  return leftReasons[reason];
}

function wordsOfStageNotMade({ status }: StageNotMade): string {
  if (status === undefined) return 'The server cannot be reached.';
  if (status === 403) {
    return 'Stages are made only for pages that are opened on the server’s own machine. Join with a token instead.';
  }
  return 'The server could not make a stage. Its log tells more.';
}
