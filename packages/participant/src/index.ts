export {
  type Logger,
  StageError,
  StageErrorCategory,
  StageErrorCode,
  StageLeftReason,
} from '@proscenium/web-broadcast/signalling';
export type { DecodeOptions, PcmFrame, SampleRate } from './opus/decode-opus.ts';
export type { PcmSource } from './opus/encode-pcm.ts';
export type { AudioSource, H264Frame, OpusSource, VideoSource } from './publish/media-source.ts';
export type { Publication, PublicationEvents, PublishedMedia, PublishState } from './publish/publication.ts';
export type { OpusPacket, RemoteAudio } from './receive/remote-audio.ts';
export type { TakeOptions } from './receive/remote-stream.ts';
export type { RemoteVideo, VideoFrame } from './receive/remote-video.ts';
export { type ConnectionState, type JoinOptions, Participant, type ParticipantEvents } from './stage/participant.ts';
export type { RemoteParticipant, SubscribeType } from './stage/remote-participant.ts';
