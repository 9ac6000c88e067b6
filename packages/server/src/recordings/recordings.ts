import type { Publication } from '@proscenium/media';
import { wait } from '../clock.ts';
import { type LiveStageEvents, type StageRef, stageKey } from '../participants/live-stages.ts';
import type { Afterwards, StageDependent } from '../stages/stage-dependent.ts';
import type { Database } from '../store/store.ts';
import { isUpToDate, planRecording } from './plan-recording.ts';
import type { RecordedPublisher } from './recorded-stages.ts';
import { insertRecording, listRecordings, type RecordingRecord } from './recording-table.ts';
import { RunningRecording, type RunningRecordingParts } from './running-recording.ts';

export type RecordingsOptions = Omit<RunningRecordingParts, 'onDone'>;

/** So long the server stays for what is on its way to its buckets. */
const CLOSE_MS = 4_000;

/** The recordings of single participants that this server makes, and has made and not yet put where they belong. */
export class Recordings implements StageDependent {
  readonly #options: RecordingsOptions;
  readonly #running = new Set<RunningRecording>();
  /** By stage and participant: the one that goes on, or would with the next publish. */
  readonly #current = new Map<string, RunningRecording>();
  /** By the same: settles when what has happened so far is done. */
  readonly #turns = new Map<string, Promise<void>>();
  #closed = false;

  constructor(options: RecordingsOptions) {
    this.#options = options;
    options.live.on('published', this.#published);
    options.live.on('unpublished', this.#unpublished);
  }

  /** Of each. */
  get states(): RecordingRecord['state'][] {
    return Array.from(this.#running, ({ state }) => state);
  }

  /**
   * Takes up what an earlier run of the server left. Its publishers are lost, so they get their reconnect window from now
   * on; those that were waited for already get what is left of it.
   */
  async recover(): Promise<void> {
    const records = await listRecordings(this.#options.store.db);
    await Promise.all(records.map((record) => this.#add(record).recover()));
  }

  async stageDeleted(_trx: Database, stage: StageRef): Promise<Afterwards> {
    const ofStage = keyOf(stage, '');
    return () => {
      const keys = new Set([...this.#turns.keys(), ...this.#current.keys()]);
      for (const key of keys) if (key.startsWith(ofStage)) this.#finish(key);
    };
  }

  async participantDisconnected(_trx: Database, stage: StageRef, participantId: string): Promise<Afterwards> {
    return () => this.#finish(keyOf(stage, participantId));
  }

  /** Resolves when what has happened so far is written down; uploads may go on. */
  async settled(): Promise<void> {
    await Promise.all(this.#turns.values());
  }

  /** Ends what can be ended in a bounded time, for when nobody publishes any more. The next start takes up the rest. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.live.off('published', this.#published);
    this.#options.live.off('unpublished', this.#unpublished);
    const done = new AbortController();
    const patience = wait(this.#options.clock, CLOSE_MS, done.signal);
    await Promise.race([this.settled(), patience]);
    await Promise.all(Array.from(this.#running, (recording) => recording.close(patience)));
    done.abort();
  }

  readonly #published = (...[stage, participantId]: LiveStageEvents['published']): void => {
    const publisher = this.#options.live.publisher(stage, participantId);
    const publication = publisher?.publication;
    if (!publisher || !publication) return;
    const key = keyOf(stage, participantId);
    void this.#inTurn(key, () => this.#begin(key, { stage, participantId }, publisher, publication));
  };

  readonly #unpublished = (...[stage, participantId]: LiveStageEvents['unpublished']): void => {
    const endTime = this.#options.clock.now();
    const key = keyOf(stage, participantId);
    void this.#inTurn(key, async () => this.#current.get(key)?.publishEnded(endTime));
  };

  async #begin(
    key: string,
    participant: { stage: StageRef; participantId: string },
    publisher: RecordedPublisher,
    publication: Publication,
  ): Promise<void> {
    const current = this.#current.get(key);
    if (current && (await this.#resume(current, publication, publisher.sessionId))) return;
    current?.finish();
    this.#current.delete(key);
    const record = await this.#insert(participant, publisher);
    if (record) await this.#add(record).begin(publication);
  }

  async #resume(waiting: RunningRecording, publication: Publication, sessionId: string): Promise<boolean> {
    try {
      return await waiting.resume(publication, sessionId);
    } catch (error) {
      this.#options.logger.error({ err: error }, 'a recording could not go on');
      return false;
    }
  }

  /** @returns undefined where nothing is to be recorded */
  async #insert(
    participant: { stage: StageRef; participantId: string },
    publisher: RecordedPublisher,
  ): Promise<RecordingRecord | undefined> {
    const { store, clock } = this.#options;
    for (;;) {
      const record = await planRecording(store.db, clock, participant, publisher);
      if (record === undefined) return undefined;
      const isInserted = await store.write(async (trx) => {
        if (!(await isUpToDate(trx, record))) return false;
        await insertRecording(trx, record);
        return true;
      });
      if (isInserted) return record;
    }
  }

  #add(record: RecordingRecord): RunningRecording {
    const key = keyOf(record.stage, record.participantId);
    const onDone = () => {
      this.#running.delete(recording);
      if (this.#current.get(key) === recording) this.#current.delete(key);
    };
    const recording: RunningRecording = new RunningRecording(record, { ...this.#options, onDone });
    this.#running.add(recording);
    this.#current.set(key, recording);
    return recording;
  }

  /** After what has happened so far, which may be the end of the publish. */
  #finish(key: string): void {
    void this.#inTurn(key, async () => this.#current.get(key)?.finish());
  }

  async #inTurn(key: string, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(key);
    const turn = (async () => {
      await before;
      try {
        await work();
      } catch (error) {
        this.#options.logger.error({ err: error, recorded: key }, 'a recording could not be begun or ended');
      }
    })();
    this.#turns.set(key, turn);
    await turn;
    if (this.#turns.get(key) === turn) this.#turns.delete(key);
  }
}

function keyOf(stage: StageRef, participantId: string): string {
  return `${stageKey(stage)} ${participantId}`;
}
