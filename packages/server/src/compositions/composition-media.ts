import type { VideoSettings } from '../encoder-configurations/video-settings.ts';
import type { StageRef } from '../participants/live-stages.ts';
import type { RecordingSettings } from './destination-settings.ts';
import type { LayoutSettings } from './layout-settings.ts';

/** What is to be composed of whom, and where it is to go. It stays the same for the life of a composition. */
export interface CompositionOrder {
  readonly stage: StageRef;
  readonly compositionId: string;
  readonly layout: LayoutSettings;
  /** One or two. */
  readonly destinations: readonly DestinationOrder[];
}

export interface DestinationOrder {
  readonly id: string;
  readonly video: VideoSettings;
  readonly output: ChannelOutput | RecordingOutput;
}

export interface ChannelOutput {
  readonly type: 'channel';
  readonly channelArn: string;
}

export interface RecordingOutput extends Pick<RecordingSettings, 'recordingConfiguration' | 'thumbnailConfigurations'> {
  readonly type: 's3';
  readonly bucketName: string;
  /** What the key of every object begins with; a slash follows. */
  readonly keyPrefix: string;
}

/** https://docs.aws.amazon.com/ivs/latest/RealTimeUserGuide/eventbridge.html */
export type DestinationErrorCode =
  | 'ResourceNotFoundException'
  | 'AccessDeniedException'
  | 'ConflictException'
  | 'InternalServerException';

/** How an output stands now. Nothing follows its end. */
export type DestinationReport = { readonly destinationId: string } & (
  | { readonly state: 'ACTIVE' }
  | { readonly state: 'RECONNECTING' }
  | DestinationEnd
);

export type DestinationEnd =
  | { readonly state: 'STOPPED' }
  | { readonly state: 'FAILED'; readonly errorCode: DestinationErrorCode; readonly reason: string };

/** What composes pictures and sends them on. */
export interface CompositionMedia {
  /**
   * Starts a job, which goes on whoever comes and goes on the stage until it is stopped or none of its destinations is
   * left. An engine that dies comes back by itself: its destinations are RECONNECTING meanwhile, or FAILED when it gives
   * up.
   *
   * @param report called with every change, in order, possibly before this returns
   * @throws when there can be no such job
   */
  start(order: CompositionOrder, report: (report: DestinationReport) => void): CompositionJob;
}

/** The media of one composition. */
export interface CompositionJob {
  /**
   * Ends what is sent and recorded, properly where it can be, and lets go of everything; called once. Reports how each
   * destination ended and resolves after that; what was not reported by then has STOPPED. Takes a bounded time.
   */
  stop(): Promise<void>;
}
