import { Compositors, closeRecordingFolder, Recorders } from '@proscenium/media';
import type { ChannelStreamParts } from './channels/channel-stream.ts';
import { Channels } from './channels/channels.ts';
import { LiveStreams } from './channels/live-streams.ts';
import { type RunningCompositions, startCompositions } from './compositions/start-compositions.ts';
import type { Config } from './config/config.ts';
import type { EventLog } from './events/service-event.ts';
import type { Objects } from './objects/start-objects.ts';
import type { StageRegistry } from './participants/registry.ts';
import { Recordings } from './recordings/recordings.ts';
import type { Groundwork } from './start-groundwork.ts';

export interface OutputsParts extends Pick<Groundwork, 'store' | 'clock' | 'logger' | 'metrics' | 'endings'> {
  readonly live: StageRegistry;
  readonly objects: Pick<Objects, 'store' | 'spool'>;
  readonly events: EventLog;
}

/** What is made of stages: channels, compositions, recordings. */
export interface RunningOutputs {
  readonly channels: Channels;
  /** Those on channels, of compositions and of encoders. */
  readonly streams: LiveStreams;
  /** What each stream of a channel is made with. */
  readonly channelOutput: Omit<ChannelStreamParts, 'isTakenByAnother'>;
  readonly composing: RunningCompositions;
  readonly recordings: Recordings;
}

/** Goes on with what an earlier run of the server has left of them. */
export async function startOutputs(config: Config, parts: OutputsParts): Promise<RunningOutputs> {
  const { store, live, objects, events, clock, logger, metrics, endings } = parts;
  const { account, region, quotas } = config;
  const compositors = new Compositors({
    cores: config.compositions.cores,
    onLog: (line) => logger.warn({ line }, 'a composer wrote to its log'),
  });
  endings.add(() => compositors.close());
  const channels = await Channels.open(config.compositions);
  const streams = new LiveStreams({ store, events, clock, logger, quota: quotas.streams });
  await streams.recover();
  endings.add(() => streams.close());
  const channelOutput = {
    objects: objects.store,
    bucketName: config.compositions.channelsBucket,
    folder: config.compositions.channelsFolder,
    clock,
    logger,
  };
  const composing = await startCompositions({
    compositors,
    store,
    live,
    objects,
    events,
    own: { account, region },
    channels,
    streams,
    stream: channelOutput,
    durationHours: quotas.compositionDurationHours,
    clock,
    logger,
    onStatistics: metrics.countPictures,
    onDied: () => metrics.composerDeaths.add({}),
    onNoCapacity: () => metrics.limitHit('capacity'),
  });
  endings.add(() => composing.close());
  return { channels, streams, channelOutput, composing, recordings: await startRecordings(parts) };
}

async function startRecordings({
  store,
  live,
  objects,
  events,
  clock,
  logger,
  endings,
}: OutputsParts): Promise<Recordings> {
  const recorders = await Recorders.start({ onLog: (line) => logger.warn({ line }, 'a recorder wrote to its log') });
  endings.add(() => recorders.close());
  const recordings = new Recordings({
    store,
    live,
    media: {
      record: (publication, options) => recorders.record(publication, options),
      closeFolder: closeRecordingFolder,
    },
    objects: objects.store,
    spool: objects.spool,
    events,
    clock,
    logger,
  });
  endings.add(() => recordings.close());
  await recordings.recover();
  return recordings;
}
