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
  /** Whether the channel was made by the API. */
  readonly isMade: boolean;
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
  /**
   * Ends for good what there is of a composition that does not go on, in this run of the server or in a later one: what it
   * has recorded is put where it belongs. Its job, if it had one in this run, has stopped. What was not reported when this
   * resolves has STOPPED. Takes some minutes at most.
   *
   * @param report called with how each destination ended that had not by then
   * @param signal that nobody waits any more: then this is done after the server's next start
   */
  finish(compositionId: string, report: (report: DestinationReport) => void, signal: AbortSignal): Promise<void>;
}

/** The media of one composition. */
export interface CompositionJob {
  /**
   * Stops the engine; called once. What was recorded can be gone on with by another job of the same composition, or ended by
   * {@link CompositionMedia.finish}. Takes a bounded time.
   */
  stop(): Promise<void>;
}
