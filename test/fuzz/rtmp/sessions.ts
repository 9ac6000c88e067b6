import { type AmfValue, writeAmf0 } from '../../../packages/media/src/rtmp/amf0.ts';
import { writeAudioTag } from '../../../packages/media/src/rtmp/audio-tag.ts';
import { writeCommand } from '../../../packages/media/src/rtmp/command.ts';
import { CHUNK_STREAM, MESSAGE_TYPE, type RtmpMessage } from '../../../packages/media/src/rtmp/message.ts';
import { writeVideoTag } from '../../../packages/media/src/rtmp/video-tag.ts';

/** No answer, log or error may ever tell it. */
export const STREAM_KEY = 'rt_111122223333_local_aBcDeFgHiJkL_secret';

export interface Sent extends RtmpMessage {
  readonly chunkStreamId: number;
}

const hex = (text: string) => Buffer.from(text, 'hex');

function command(streamId: number, name: string, transactionId: number, ...values: AmfValue[]): Sent {
  return { chunkStreamId: CHUNK_STREAM.command, ...writeCommand(streamId, name, transactionId, ...values) };
}

function control(type: number, data: string): Sent {
  return { chunkStreamId: CHUNK_STREAM.control, type, timestamp: 0, streamId: 0, data: hex(data) };
}

function media(type: number, timestamp: number, data: Buffer): Sent {
  const chunkStreamId = type === MESSAGE_TYPE.video ? CHUNK_STREAM.video : CHUNK_STREAM.audio;
  return { chunkStreamId, type, timestamp, streamId: 1, data };
}

const connect = (more = {}) =>
  command(0, 'connect', 1, { app: 'app', flashVer: 'FMLE/3.0', tcUrl: 'rtmp://127.0.0.1/app', ...more });
const publish = command(1, 'publish', 5, null, STREAM_KEY, 'live');
const track = { trackId: 0, timestampMs: 0 };
const configurations = [
  media(
    MESSAGE_TYPE.video,
    0,
    writeVideoTag({ kind: 'config', ...track, sps: [hex('6742c01edd')], pps: [hex('68ce3c80')] }),
  ),
  media(MESSAGE_TYPE.audio, 0, writeAudioTag({ kind: 'config', ...track, audioSpecificConfig: hex('1190') })),
];

/** A picture of two NAL units, the second in several chunks. */
function picture(timestamp: number, keyFrame: boolean): Sent {
  const nalUnits = [hex('06050102'), Buffer.concat([hex(keyFrame ? '65' : '41'), Buffer.alloc(300, timestamp)])];
  const tag = { kind: 'picture', ...track, compositionTimeMs: 0, keyFrame, nalUnits } as const;
  return media(MESSAGE_TYPE.video, timestamp, writeVideoTag(tag));
}

function sound(timestamp: number): Sent {
  return media(MESSAGE_TYPE.audio, timestamp, writeAudioTag({ kind: 'frame', ...track, data: Buffer.alloc(40, 9) }));
}

const metadata = media(
  MESSAGE_TYPE.amf0Data,
  0,
  writeAmf0('@setDataFrame', 'onMetaData', {
    width: 1280,
    height: 720,
    framerate: 30,
    encoder: 'fuzz',
    tags: ['a', null],
  }),
);

const program = [0, 33, 66].flatMap((timestamp) => [picture(timestamp, timestamp === 0), sound(timestamp + 10)]);
const goodbye = [command(0, 'FCUnpublish', 6, null, STREAM_KEY), command(0, 'deleteStream', 7, null, 1)];

/** Whole publishes, in the ways of several encoders. Each brings the same pictures. */
export const encoders: readonly (readonly Sent[])[] = [
  [
    control(MESSAGE_TYPE.setChunkSize, '00001000'),
    connect({ type: 'nonprivate' }),
    control(MESSAGE_TYPE.windowAcknowledgementSize, '002625a0'),
    command(0, 'releaseStream', 2, null, STREAM_KEY),
    command(0, 'FCPublish', 3, null, STREAM_KEY),
    command(0, 'createStream', 4, null),
    publish,
    metadata,
    ...configurations,
    ...program,
    ...goodbye,
  ],
  [
    connect({ objectEncoding: 3, capabilities: 15, fourCcList: ['avc1'] }),
    command(0, 'createStream', 2, null),
    command(0, 'FCPublish', 3, null, STREAM_KEY),
    publish,
    control(MESSAGE_TYPE.userControl, '000600000001'),
    ...configurations,
    media(MESSAGE_TYPE.video, 0, hex('906176633101426001ffe100046742c01e01000268ce')),
    media(MESSAGE_TYPE.audio, 0, hex('95116d70346100000001210100000122')),
    ...program,
    media(MESSAGE_TYPE.aggregate, 100, hex('080000040000640000000000af0121000000000f')),
    command(1, 'closeStream', 0, null),
  ],
];

export const PICTURES = program.length / 2;

const letsConnect = [
  control(MESSAGE_TYPE.windowAcknowledgementSize, '002625a0'),
  control(MESSAGE_TYPE.setPeerBandwidth, '002625a002'),
  control(MESSAGE_TYPE.setChunkSize, '00001000'),
  command(0, '_result', 1, { fmsVer: 'FMS/3,0,1,123' }, { level: 'status', code: 'NetConnection.Connect.Success' }),
  command(0, 'onBWDone', 0, null, 8_192),
  command(0, '_error', 2, null, { level: 'error', code: 'NetConnection.Call.Failed' }),
  command(0, '_result', 3, null, undefined),
  command(0, '_result', 4, null, 1),
];

/** A server that lets a publisher of ours publish. */
export const hospitable: readonly Sent[] = [
  ...letsConnect,
  control(MESSAGE_TYPE.userControl, '000000000001'),
  command(1, 'onStatus', 0, null, { level: 'status', code: 'NetStream.Publish.Start' }),
  control(MESSAGE_TYPE.acknowledgement, '00010000'),
];

/** One that does not. */
export const hostile: readonly Sent[] = [
  ...letsConnect,
  command(1, 'onStatus', 0, null, {
    level: 'error',
    code: 'NetStream.Publish.BadName',
    description: `Nobody knows ${STREAM_KEY}`,
  }),
];
