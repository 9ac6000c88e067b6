import { closeRecordingFolder } from '@proscenium/media';
import type { Scope } from '@proscenium/model';
import type { Logger } from 'pino';
import type { Channels } from '../channels/channels.ts';
import type { LiveStreams } from '../channels/live-streams.ts';
import type { AlarmClock } from '../clock.ts';
import type { EventLog } from '../events/service-event.ts';
import type { Objects } from '../objects/start-objects.ts';
import type { LiveStages } from '../participants/live-stages.ts';
import type { Store } from '../store/store.ts';
import type { ComposedStages } from './composed-publishers.ts';
import { listRunning } from './composition-table.ts';
import type { Compositors } from './compositors.ts';
import { StageCompositions, type StageCompositionsParts } from './stage-compositions.ts';
import { CompositionSupervisor } from './supervisor.ts';

export interface CompositionsOptions extends Pick<StageCompositionsParts, 'onStatistics' | 'onNoCapacity' | 'onDied'> {
  readonly compositors: Compositors;
  readonly store: Store;
  readonly live: LiveStages & ComposedStages;
  readonly objects: Pick<Objects, 'store' | 'spool'>;
  readonly events: EventLog;
  readonly own: Scope;
  readonly channels: Channels;
  readonly streams: LiveStreams;
  readonly stream: StageCompositionsParts['stream'];
  readonly durationHours: number;
  readonly clock: AlarmClock;
  readonly logger: Logger;
}

export interface RunningCompositions {
  readonly compositions: CompositionSupervisor;
  readonly media: Pick<StageCompositions, 'cores'>;
  /** Resolves when nothing is composed any more. Doing it again changes nothing. */
  close(): Promise<void>;
}

/** All that composes, going on with what an earlier run of the server has left. */
export async function startCompositions(options: CompositionsOptions): Promise<RunningCompositions> {
  const { compositors, store, live, objects, events, own, clock, logger, durationHours } = options;
  const { channels, streams, stream, onStatistics, onNoCapacity, onDied } = options;
  const media = new StageCompositions({
    compositors,
    live,
    channels,
    streams,
    own,
    recording: { objects: objects.store, spool: objects.spool, closeFolder: closeRecordingFolder, clock, logger },
    stream,
    logger,
    onStatistics,
    onNoCapacity,
    onDied,
  });
  await media.recover();
  const durationMs = durationHours * 60 * 60 * 1_000;
  const compositions = new CompositionSupervisor({ store, live, media, events, clock, logger, durationMs });
  const closing = new AbortController();
  async function close(): Promise<void> {
    closing.abort();
    await compositions.close();
    await media.close();
  }
  await compositions.recover();
  const running = await listRunning(store.db);
  media.finishOthers(new Set(running.map(({ composition }) => composition.id)), closing.signal);
  return { compositions, media, close };
}
