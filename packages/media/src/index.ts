export type { ChannelOptions } from './channel/channel-options.ts';
export { type CodecTrial, tryCodecs } from './codec-trial/try-codecs.ts';
export type { ComposerStatistics } from './composition/composer-messages.ts';
export type { ComposedPublication, Composition, CompositionEvents } from './composition/composition.ts';
export { CompositionFault, type CompositionFaultCode } from './composition/composition-fault.ts';
export type {
  CompositionDestination,
  CompositionOptions,
  HlsOutputSettings,
  OutputFaultCode,
  OutputReport,
  PictureSettings,
  RtmpOutputSettings,
} from './composition/composition-options.ts';
export { type CompositionCapacity, Compositors, type CompositorsOptions } from './composition/compositors.ts';
export type { FillMode, GridLayout, Layout, PipLayout } from './composition/layout/layout.ts';
export { IngestConnection, type IngestConnectionEvents } from './ingest/ingest-connection.ts';
export { IngestProgramme, type IngestProgrammeEvents } from './ingest/ingest-programme.ts';
export { IngestServer, type IngestServerOptions } from './ingest/ingest-server.ts';
export type { IngestProtocol, IngestRefusal, IngestTls } from './ingest/messages.ts';
export { type ClosedRecording, closeRecordingFolder } from './recording/close-recording-folder.ts';
export { Recorders, type RecordersOptions } from './recording/recorders.ts';
export type { Recording, RecordingEvents } from './recording/recording.ts';
export {
  RecordingFault,
  type RecordingFaultCode,
  type RecordingMediaType,
  type RecordingOptions,
  type ThumbnailStorage,
} from './recording/recording-options.ts';
export { MediaRefusal, type RefusalReason } from './refusal.ts';
export type { VideoFacts } from './rtp/index.ts';
export { defaultAnnouncedAddresses } from './sfu/announced-addresses.ts';
export type { AudioLevel, AudioLevels } from './sfu/audio-levels.ts';
export type { EndReason } from './sfu/client-transport.ts';
export { addUp, type DeliveredMedia, totalBps } from './sfu/delivered-media.ts';
export { IngestPublisher } from './sfu/ingest-publisher.ts';
export type { IngestSource, IngestViolation } from './sfu/ingest-source.ts';
export { type ListenPort, WorkerStartError } from './sfu/media-worker.ts';
export type { Publication } from './sfu/publication.ts';
export type { PublishedStream } from './sfu/published-stream.ts';
export type { Publisher } from './sfu/publisher.ts';
export type { Replica } from './sfu/replica.ts';
export { Sfu, type SfuOptions } from './sfu/sfu.ts';
export type { StageMedia } from './sfu/stage-media.ts';
export type { Subscriber, Wish } from './sfu/subscriber.ts';
export type { SubscriberOffer } from './sfu/subscriber-connection.ts';
export type { Subscription } from './sfu/subscription.ts';
export { WhipPublisher } from './sfu/whip-publisher.ts';
export type { WorkerReading } from './sfu/worker-reading.ts';
export { tryMediaWorker, type WorkerTrial } from './sfu/worker-trial.ts';
export type { CodecName } from './webrtc/codecs.ts';
export { MAXIMUM_FRAGMENT_LENGTH } from './webrtc/ice-fragment.ts';
export type { MediaKind } from './webrtc/remote-description.ts';
export { MAXIMUM_DESCRIPTION_LENGTH } from './webrtc/session-description.ts';
