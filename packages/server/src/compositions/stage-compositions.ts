import type { ComposerStatistics } from '@proscenium/media';
import { createResourceId, type Scope } from '@proscenium/model';
import type { Logger } from 'pino';
import { channelPath } from '../channels/channel-path.ts';
import {
  ChannelStream,
  type ChannelStreamParts,
  type ChannelStreamRecord,
  readChannelStreams,
} from '../channels/channel-stream.ts';
import { builtIn, type Channels } from '../channels/channels.ts';
import type { LiveStreams } from '../channels/live-streams.ts';
import type { Spool } from '../objects/spool.ts';
import type { ComposedStages } from './composed-publishers.ts';
import type {
  CompositionJob,
  CompositionMedia,
  CompositionOrder,
  DestinationOrder,
  DestinationReport,
  RecordingOutput,
} from './composition-media.ts';
import type { Compositors } from './compositors.ts';
import { type CompositeRecord, findCompositeRecords } from './outputs/composite-record.ts';
import { CompositeRecording, type CompositeRecordingParts } from './outputs/composite-recording.ts';
import type { CompositionOutput, LastingOutput } from './outputs/composition-output.ts';
import { outputFailure } from './outputs/destination-failure.ts';
import { PushedChannel } from './outputs/pushed-channel.ts';
import { RefusedOutput } from './outputs/refused-output.ts';
import { renditionName } from './outputs/rendition-name.ts';
import { StageComposition } from './stage-composition.ts';

export interface StageCompositionsParts {
  readonly compositors: Compositors;
  readonly live: ComposedStages;
  readonly channels: Channels;
  readonly streams: LiveStreams;
  /** Of the server, by which its channels are called. */
  readonly own: Scope;
  readonly recording: CompositeRecordingParts & { readonly spool: Pick<Spool, 'find' | 'folder' | 'recordingIds'> };
  readonly stream: Omit<ChannelStreamParts, 'isTakenByAnother'>;
  readonly logger: Logger;
  readonly onStatistics: (statistics: ComposerStatistics) => void;
  readonly onNoCapacity: () => void;
  readonly onDied: () => void;
}

/** Composes stages, and puts what comes of it where it belongs: into channels and buckets. */
export class StageCompositions implements CompositionMedia {
  readonly #parts: StageCompositionsParts;
  /** Of compositions that have not ended, or whose end is not over. */
  readonly #lasting = new Set<LastingOutput>();
  /** Of each composer that runs: how many processor cores it took lately. */
  readonly #cores = new Map<string, number>();

  constructor(parts: StageCompositionsParts) {
    this.#parts = parts;
  }

  /** Processor cores that the composers take, all together. */
  get cores(): number {
    return this.#cores.values().reduce((sum, cores) => sum + cores, 0);
  }

  /** Finds what an earlier run of the server has left. To be called before anything else. */
  async recover(): Promise<void> {
    const { recording, stream } = this.#parts;
    for (const record of await findCompositeRecords(recording.spool)) this.#keepRecording(record);
    for (const record of await readChannelStreams(stream.folder)) this.#keepStream(record);
  }

  start(order: CompositionOrder, report: (report: DestinationReport) => void): CompositionJob {
    const { compositionId, stage } = order;
    const { compositors, live, channels, onStatistics, onNoCapacity, onDied } = this.#parts;
    const logger = this.#parts.logger.child({ compositionId, stageId: stage.stageId });
    const outputs = new Map(
      order.destinations.map((destination) => [destination.id, this.#outputOf(order, destination, logger)]),
    );
    this.#cores.set(compositionId, 0);
    return new StageComposition(order, outputs, report, {
      compositors,
      live,
      logger,
      onStatistics: (statistics) => {
        if (this.#cores.has(compositionId)) this.#cores.set(compositionId, statistics.cores);
        onStatistics(statistics);
      },
      onNoCapacity,
      onDied,
      onStopped: () => {
        this.#cores.delete(compositionId);
        channels.leave(compositionId);
      },
    });
  }

  async finish(compositionId: string, report: (report: DestinationReport) => void, signal: AbortSignal): Promise<void> {
    const ending = [...this.#lasting].filter((output) => output.compositionId === compositionId);
    await Promise.all(
      ending.map((output) =>
        output.finish((state) => report({ destinationId: output.destinationId, ...state }), signal),
      ),
    );
  }

  /** Ends what an earlier run of the server has left of compositions that do not go on. */
  finishOthers(goOn: ReadonlySet<string>, signal: AbortSignal): void {
    const others = new Set([...this.#lasting].map(({ compositionId }) => compositionId)).difference(goOn);
    for (const compositionId of others) {
      this.finish(compositionId, () => {}, signal).catch((error) => {
        if (!signal.aborted) this.#parts.logger.error({ err: error, compositionId }, 'a composition was not ended');
      });
    }
  }

  /** For when no composition runs any more. What is left to do, the next start does. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#lasting, (output) => output.close()));
  }

  #outputOf(order: CompositionOrder, destination: DestinationOrder, logger: Logger): CompositionOutput {
    const { output } = destination;
    if (output.type === 's3') {
      return this.#lastingOf(order, destination) ?? this.#keepRecording(compositeRecord(order, destination, output));
    }
    const { channelArn } = output;
    const { channels, own } = this.#parts;
    const channel = channels.find(channelArn) ?? (output.isMade ? builtIn : undefined);
    if (channel === undefined || !channels.take(channelArn, order.compositionId)) {
      logger.warn({ channelArn }, channel ? 'something else goes to the channel' : 'the channel is not configured');
      return new RefusedOutput(outputFailure({ code: channel ? 'BUSY' : 'INTERNAL' }));
    }
    if (channel.type === 'rtmp') return new PushedChannel(channel, { logger: logger.child({ channelArn }) });
    return (
      this.#lastingOf(order, destination) ??
      this.#keepStream({
        compositionId: order.compositionId,
        destinationId: destination.id,
        channelArn,
        prefix: `channels/${channelPath(channelArn, own)}`,
        rendition: renditionName(destination.video, createResourceId()),
      })
    );
  }

  #lastingOf({ compositionId }: CompositionOrder, { id }: DestinationOrder): LastingOutput | undefined {
    return [...this.#lasting].find((each) => each.compositionId === compositionId && each.destinationId === id);
  }

  #keepRecording(record: CompositeRecord): LastingOutput {
    const onDone = () => void this.#lasting.delete(recording);
    const recording: LastingOutput = new CompositeRecording(record, { ...this.#parts.recording, onDone });
    this.#lasting.add(recording);
    return recording;
  }

  #keepStream(record: ChannelStreamRecord): LastingOutput {
    const { channels, streams, stream: parts } = this.#parts;
    const live = streams.create(record.channelArn, 'COMPOSITION');
    const stream: LastingOutput = new ChannelStream(record, {
      ...parts,
      onOpen: () => void live.begin(),
      onState: (state) => live.follow(state),
      isTakenByAnother: (channelArn, compositionId) => channels.isTakenByAnother(channelArn, compositionId),
      onDone: () => void this.#lasting.delete(stream),
    });
    this.#lasting.add(stream);
    return stream;
  }
}

function compositeRecord(
  { compositionId, stage }: CompositionOrder,
  { id: destinationId, video }: DestinationOrder,
  { bucketName, keyPrefix: prefix, recordingConfiguration, thumbnailConfigurations = [] }: RecordingOutput,
): CompositeRecord {
  const [thumbnails] = thumbnailConfigurations;
  return {
    compositionId,
    destinationId,
    stage,
    bucketName,
    prefix,
    rendition: renditionName(video, createResourceId()),
    width: video.width,
    height: video.height,
    targetSegmentDurationSeconds: recordingConfiguration.hlsConfiguration.targetSegmentDurationSeconds,
    ...(thumbnails && { thumbnails }),
    isOver: false,
  };
}
