import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Publication } from '@proscenium/media';
import pino from 'pino';
import { Channels } from '../channels/channels.ts';
import { type Body, openSupervisor, RecordedLiveStages, scope } from '../control-plane.fixture.ts';
import { keysIn, textOf } from '../objects/local-folder.fixture.ts';
import { until } from '../until.fixture.ts';
import type { ComposedStages } from './composed-publishers.ts';
import { listRunning } from './composition-table.ts';
import { HandCompositors } from './hand-compositors.fixture.ts';
import { openShow, type Show } from './show.fixture.ts';
import { StageCompositions } from './stage-compositions.ts';
import type { CompositionSupervisor } from './supervisor.ts';

/** One run of the server, as far as it composes. */
export interface ComposedRun {
  readonly compositors: HandCompositors;
  readonly media: StageCompositions;
  readonly compositions: CompositionSupervisor;
  readonly live: RecordedLiveStages & ComposedStages;
  /** Ends it as a server that shuts down. */
  close(): Promise<void>;
}

/** A show whose compositions have real outputs, and a composer that is driven by hand. */
export type ComposedShow = Omit<Show, 'media' | 'compositions' | 'live' | 'start' | 'get'> &
  ComposedRun & {
    readonly channels: Channels;
    /** Of what was closed: set what a composer would have left. */
    closed: { durationMs: number; files: readonly string[] };
    /** Which were closed, and what was lost of each. */
    readonly closedFolders: { folder: string; lost: readonly string[]; rendition: string }[];
    readonly capacityRefusals: number[];
    /** Lines. */
    readonly log: string[];
    publish(participantId: string): void;
    /** Starts a composition whose composer has begun. */
    start(input?: object): Promise<Body>;
    /** As StopComposition. */
    stop(arn: string): Promise<void>;
    /** Resolves when the states of the composition and its destinations are these. */
    untilStates(arn: string, states: string): Promise<Body>;
    /** What a JSON file of a bucket says; undefined where there is none. */
    read(bucket: string, key: string): Promise<Body>;
    keys(bucket: string): Promise<string[]>;
    /** The same server, started once more. */
    restart(): Promise<ComposedRun>;
  };

export const statesOf = ({ state, destinations }: Body): string =>
  [state, ...destinations.map((one: Body) => one.state)].join(' ');

export async function openComposedShow(t: TestContext, channels = new Channels()): Promise<ComposedShow> {
  const show = await openShow(t);
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-channels-'));
  const { store, eventLog: events, clock, objects, spool, call, stage, stageArn, channel, buckets } = show;
  const closedFolders: ComposedShow['closedFolders'] = [];
  const capacityRefusals: number[] = [];
  const log: string[] = [];
  const logger = pino({}, { write: (line) => log.push(line) });
  let closed: ComposedShow['closed'] = { durationMs: 0, files: [] };
  await show.compositions.close();

  async function run(live: RecordedLiveStages & ComposedStages): Promise<ComposedRun> {
    const compositors = new HandCompositors();
    const media = new StageCompositions({
      compositors,
      live,
      channels,
      streams: show.streams,
      own: scope,
      recording: {
        objects,
        spool,
        clock,
        logger,
        closeFolder: async (closing, lost, rendition) => {
          closedFolders.push({ folder: closing, lost: [...lost], rendition });
          return closed;
        },
      },
      stream: { objects, bucketName: 'channels', folder, clock, logger },
      logger,
      onStatistics: () => {},
      onDied: () => {},
      onNoCapacity: () => capacityRefusals.push(1),
    });
    await media.recover();
    const compositions = openSupervisor(t, { store, live, media, events, clock });
    await compositions.recover();
    const running = await listRunning(store.db);
    const closing = new AbortController();
    media.finishOthers(new Set(running.map(({ composition }) => composition.id)), closing.signal);
    const close = async () => {
      closing.abort();
      await compositions.close();
      await media.close();
    };
    t.after(close);
    return { compositors, media, compositions, live, close };
  }

  let present = await run(composed(show.live));
  t.after(() => rm(folder, { recursive: true, force: true }));

  const composedShow: ComposedShow = {
    ...show,
    ...present,
    channels,
    closedFolders,
    capacityRefusals,
    log,
    get closed() {
      return closed;
    },
    set closed(next) {
      closed = next;
    },
    publish: (participantId) => publishTo(present.live, stage, participantId),
    async start(input = {}) {
      const composers = present.compositors.compositions.length;
      const { composition } = await call('StartComposition', { stageArn, destinations: [channel], ...input });
      const [, id = ''] = composition.arn.split('/');
      const [record] = (await listRunning(store.db)).filter((each) => each.composition.id === id);
      if (record) present.compositions.begin(scope, record.composition);
      if (present.live.publishers(stage).length > 0) {
        await until(
          () => present.compositors.compositions.length,
          (count) => count > composers || present.compositors.failure !== undefined,
        );
      }
      return composition;
    },
    stop: (arn) => present.compositions.stop(scope, arn.split('/')[1] ?? ''),
    untilStates: (arn, states) =>
      until(
        async () => {
          await present.compositions.settled();
          return (await call('GetComposition', { arn })).composition;
        },
        (composition) => statesOf(composition) === states,
      ),
    async read(bucket, key) {
      const text = await textOf(buckets, { bucket, key });
      return text && JSON.parse(text);
    },
    keys: (bucket) => keysIn(buckets, bucket),
    async restart() {
      await present.close();
      present = await run(composed(new RecordedLiveStages(store)));
      return present;
    },
  };
  return composedShow;
}

export function publishTo(live: RecordedLiveStages, stage: Show['stage'], participantId: string): void {
  const publication = Object.assign(new EventEmitter(), { participantId }) as unknown as Publication;
  live.publishMedia(stage, participantId, { publication } as Parameters<typeof live.publishMedia>[2]);
}

/** Who publishes there has no attributes. */
function composed(live: RecordedLiveStages): RecordedLiveStages & ComposedStages {
  const { publisher } = live;
  return Object.assign(live, {
    publisher: (...[stage, participantId]: Parameters<typeof publisher>) => {
      const found = publisher.call(live, stage, participantId);
      return found && { ...found, claims: { attributes: {} } };
    },
  }) as RecordedLiveStages & ComposedStages;
}
