import { Event, EventErrorCode, EventName } from '../../shapes/participant-event.ts';
import { describeEnumeration, describeStructure } from '../describe.ts';

export const eventStructures = [
  describeStructure('Event', Event, 'Something that happened to a participant.', {
    name: 'What happened.',
    participantId: 'The participant.',
    eventTime: 'When.',
    remoteParticipantId: 'Of subscribe events: the publisher.',
    errorCode: 'Of error events: what went wrong.',
    destinationStageArn: 'Of replication events: the stage that the replica is in.',
    destinationSessionId: 'Of replication events: the session that the replica is in.',
    replica: 'Whether the participant is a replica; of subscribe events, whether the publisher is.',
    previousToken: 'Of token exchanges: the token before.',
    newToken: 'Of token exchanges: the token after.',
  }),
];

export const eventEnumerations = [
  describeEnumeration('EventName', EventName, 'What can happen to a participant.', {
    JOINED: 'It joined the stage.',
    LEFT: 'It left the stage.',
    PUBLISH_STARTED: 'Its sound or picture began to flow.',
    PUBLISH_STOPPED: 'Its sound and picture ended.',
    SUBSCRIBE_STARTED: 'It began to receive a publisher.',
    SUBSCRIBE_STOPPED: 'It no longer receives a publisher.',
    PUBLISH_ERROR: 'It could not publish, or was made to stop.',
    SUBSCRIBE_ERROR: 'It could not subscribe, or was made to stop.',
    JOIN_ERROR: 'It could not join.',
    REPLICATION_STARTED: 'A replica of it joined another stage.',
    REPLICATION_STOPPED: 'A replica of it left another stage.',
    TOKEN_EXCHANGED: 'It changed its token for another one while it was in the stage.',
  }),
  describeEnumeration('EventErrorCode', EventErrorCode, 'Why something failed for a participant.', {
    INSUFFICIENT_CAPABILITIES: 'Its token does not allow that.',
    QUOTA_EXCEEDED: 'The stage or the account has as many already as it may.',
    PUBLISHER_NOT_FOUND: 'There is no such publisher.',
    BITRATE_EXCEEDED: 'It sent more bits than a publisher may.',
    RESOLUTION_EXCEEDED: 'Its picture was larger than a publisher’s may be.',
    STREAM_DURATION_EXCEEDED: 'It published for longer than a publisher may.',
    INVALID_AUDIO_CODEC: 'Its sound is in a format that stages do not have.',
    INVALID_VIDEO_CODEC: 'Its picture is in a format that stages do not have.',
    INVALID_PROTOCOL: 'The encoder speaks another protocol than its ingest configuration allows.',
    INVALID_STREAM_KEY: 'The encoder’s stream key is not one that is good.',
    REUSE_OF_STREAM_KEY: 'Somebody publishes with the stream key already.',
    B_FRAME_PRESENT: 'The encoder’s picture has B-frames, which WebRTC cannot carry.',
    INVALID_INPUT: 'What the encoder sent cannot be understood.',
    INTERNAL_SERVER_EXCEPTION: 'The server failed.',
  }),
];
