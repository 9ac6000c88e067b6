import {
  LocalStageStream,
  Stage,
  type StageConnectionState,
  type StageError,
  StageEvents,
  type StageLeftReason,
  type StageParticipantInfo,
  StageParticipantPublishState,
  StageParticipantSubscribeState,
  type StreamType,
  SubscribeType,
} from '@proscenium/web-broadcast';
import type { MediaSource } from './media-source.ts';
import { nameOf, Tile } from './tile.ts';

/** What the page shows of a visit beside the tiles. */
export interface VisitListener {
  connection(state: StageConnectionState): void;
  error(error: StageError): void;
  left(reason: StageLeftReason): void;
}

const publishWords: Readonly<Record<StageParticipantPublishState, string>> = {
  [StageParticipantPublishState.NOT_PUBLISHED]: '',
  [StageParticipantPublishState.ATTEMPTING_PUBLISH]: 'Sending begins…',
  [StageParticipantPublishState.PUBLISHED]: 'Live',
  [StageParticipantPublishState.ERRORED]: 'Sending failed',
};
const subscribeWords: Readonly<Record<StageParticipantSubscribeState, string>> = {
  [StageParticipantSubscribeState.NOT_SUBSCRIBED]: '',
  [StageParticipantSubscribeState.ATTEMPTING_SUBSCRIBE]: 'Connecting…',
  [StageParticipantSubscribeState.SUBSCRIBED]: 'Live',
  [StageParticipantSubscribeState.ERRORED]: 'Receiving failed',
};
const FIGURES_INTERVAL_MS = 1_000;

/** One stay in a stage, shown as tiles in a list. */
export class Visit {
  readonly #stage: Stage;
  readonly #list: HTMLElement;
  readonly #tiles = new Map<string, Tile>();
  #streams: readonly LocalStageStream[] = [];
  #figuresTimer: ReturnType<typeof setInterval> | undefined;

  /** @throws {StageError} for a token that cannot be read or has expired */
  constructor(token: string, list: HTMLElement, listener: VisitListener) {
    this.#list = list;
    this.#stage = new Stage(token, {
      shouldPublishParticipant: () => this.#streams.length > 0,
      stageStreamsToPublish: () => this.#streams,
      shouldSubscribeToParticipant: () => SubscribeType.AUDIO_VIDEO,
    });
    this.#listen(listener);
  }

  /** What others call the participant of the token. */
  get name(): string {
    return nameOf(this.#stage.localParticipant);
  }

  /** Enters the stage, sending this. Rejects with a StageError, which the listener is told as well. */
  async join({ audio, video }: MediaSource): Promise<void> {
    this.#streams = [audio, video].flatMap((track) => (track ? [new LocalStageStream(track)] : []));
    this.#tileOf(this.#stage.localParticipant);
    await this.#stage.join();
    this.#figuresTimer = setInterval(() => this.#measure(), FIGURES_INTERVAL_MS);
  }

  setMuted(kind: StreamType, muted: boolean): void {
    for (const stream of this.#streams) if (stream.streamType === kind) stream.setMuted(muted);
  }

  leave(): void {
    this.#stage.leave();
  }

  /** Takes the tiles away; the stage must have been left. */
  close(): void {
    clearInterval(this.#figuresTimer);
    this.#stage.removeAllListeners();
    for (const tile of this.#tiles.values()) tile.close();
    this.#tiles.clear();
  }

  #listen(listener: VisitListener): void {
    const stage = this.#stage;
    stage.on(StageEvents.STAGE_CONNECTION_STATE_CHANGED, (state) => listener.connection(state));
    stage.on(StageEvents.ERROR, (error) => listener.error(error));
    stage.on(StageEvents.STAGE_LEFT, (reason) => listener.left(reason));
    stage.on(StageEvents.STAGE_PARTICIPANT_JOINED, (participant) => this.#tileOf(participant));
    stage.on(StageEvents.STAGE_PARTICIPANT_LEFT, ({ id }) => {
      this.#tiles.get(id)?.close();
      this.#tiles.delete(id);
    });
    stage.on(StageEvents.STAGE_PARTICIPANT_STREAMS_ADDED, (participant, streams) =>
      this.#tileOf(participant).add(streams),
    );
    stage.on(StageEvents.STAGE_PARTICIPANT_STREAMS_REMOVED, (participant, streams) =>
      this.#tileOf(participant).remove(streams),
    );
    stage.on(StageEvents.STAGE_STREAM_MUTE_CHANGED, (participant) => this.#tileOf(participant).refresh());
    stage.on(StageEvents.STAGE_PARTICIPANT_PUBLISH_STATE_CHANGED, (participant, state) => {
      if (participant.isLocal) this.#tileOf(participant).setState(publishWords[state]);
    });
    stage.on(StageEvents.STAGE_PARTICIPANT_SUBSCRIBE_STATE_CHANGED, (participant, state) =>
      this.#tileOf(participant).setState(subscribeWords[state]),
    );
  }

  #tileOf(participant: StageParticipantInfo): Tile {
    const known = this.#tiles.get(participant.id);
    if (known) return known;
    const tile = new Tile(participant);
    this.#tiles.set(participant.id, tile);
    this.#list.append(tile.element);
    return tile;
  }

  #measure(): void {
    for (const tile of this.#tiles.values()) void tile.measure();
  }
}
