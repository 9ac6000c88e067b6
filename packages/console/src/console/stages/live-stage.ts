import {
  LocalStageStream,
  RemoteStageStream,
  Stage,
  StageConnectionState,
  StageError,
  StageEvents,
  type StageLeftReason,
  type StageParticipantInfo,
  type StageStream,
  SubscribeType,
} from '@proscenium/web-broadcast';
import type { MediaSource } from '../../try/media-source.ts';
import { nameOf } from '../../try/tile.ts';
import { wordsOf } from '../../try/words.ts';
import type { StreamFigures } from './received-figures.ts';
import { type Look, StreamMeter } from './stream-meter.ts';

/** A participant as a tile shows it. */
export interface LiveParticipant {
  readonly info: StageParticipantInfo;
  readonly streams: readonly StageStream[];
  /** 0 to 1, of the loudness that is heard now. */
  readonly level: number;
  readonly isSpeaking: boolean;
  /** How the picture comes, or the sound where there is no picture; undefined before it does. */
  readonly figures: StreamFigures | undefined;
  /** Labels of the layers that may be chosen, the lowest first; none for who sends one. */
  readonly layers: readonly string[];
  /** The layer that was chosen here; undefined: whatever the connection carries. */
  readonly preferredLayer: string | undefined;
  /** Whether it is not to be heard here. */
  readonly isSilenced: boolean;
}

/** What is seen of a stage at one moment. */
export interface LiveView {
  readonly connection: StageConnectionState;
  readonly participants: readonly LiveParticipant[];
  /** What was measured up to now. */
  readonly looks: readonly Look[];
  /** What went wrong last, in words. */
  readonly trouble: string | undefined;
  /** Set when one is out. */
  readonly left: StageLeftReason | undefined;
}

/** The web client gives no new figures within a second. */
const lookMs = 2_000;
/** Nothing is heard below. */
const quietestDbov = -60;

/** A stay in a stage that somebody looks at, and perhaps sends something to. */
export class LiveStage {
  readonly #stage: Stage;
  readonly #source: MediaSource;
  readonly #show: (view: LiveView) => void;
  readonly #streams: readonly LocalStageStream[];
  readonly #seen = new Map<string, { info: StageParticipantInfo; streams: StageStream[] }>();
  readonly #meter = new StreamMeter();
  readonly #preferredLayers = new Map<string, string>();
  readonly #silenced = new Set<string>();
  readonly #timer: ReturnType<typeof setInterval>;
  #levels: ReadonlyMap<string, number> = new Map();
  #speaker: string | undefined;
  #connection: StageConnectionState = StageConnectionState.CONNECTING;
  #error: StageError | undefined;
  #left: StageLeftReason | undefined;

  /** @throws {StageError} for a token that cannot be read */
  constructor(token: string, source: MediaSource, show: (view: LiveView) => void) {
    this.#source = source;
    this.#show = show;
    this.#streams = [source.audio, source.video].flatMap((track) =>
      // Audio takes no notice of it.
      track ? [new LocalStageStream(track, { simulcast: { enabled: true } })] : [],
    );
    this.#stage = new Stage(token, {
      shouldPublishParticipant: () => this.#streams.length > 0,
      stageStreamsToPublish: () => this.#streams,
      shouldSubscribeToParticipant: () => SubscribeType.AUDIO_VIDEO,
      preferredLayerForStream: ({ id }) => this.#preferredLayers.get(id),
    });
    this.#listen();
    this.#timer = setInterval(() => void this.#look(), lookMs);
  }

  /** Enters. What goes wrong is told by the view. */
  async join(): Promise<void> {
    if (this.#streams.length > 0) this.#find(this.#stage.localParticipant);
    this.#tell();
    try {
      await this.#stage.join();
    } catch (error) {
      // Told by the stage's own event as well.
      if (!(error instanceof StageError)) throw error;
    }
  }

  setMuted(kind: 'audio' | 'video', muted: boolean): void {
    for (const stream of this.#streams) if (stream.streamType === kind) stream.setMuted(muted);
    this.#tell();
  }

  /** Silences or not somebody here alone, and lets the server hold back the sound. */
  setSilenced(participantId: string, silenced: boolean): void {
    if (silenced) this.#silenced.add(participantId);
    else this.#silenced.delete(participantId);
    for (const stream of this.#seen.get(participantId)?.streams ?? []) this.#silence(stream, silenced);
    this.#tell();
  }

  /** @param label undefined: whatever the connection carries */
  preferLayer(participantId: string, label: string | undefined): void {
    if (label === undefined) this.#preferredLayers.delete(participantId);
    else this.#preferredLayers.set(participantId, label);
    this.#stage.refreshStrategy();
    this.#tell();
  }

  /** Leaves, and gives camera and microphone back. */
  close(): void {
    clearInterval(this.#timer);
    this.#stage.removeAllListeners();
    this.#stage.leave();
    this.#source.stop();
  }

  #listen(): void {
    const stage = this.#stage;
    const change = <Arguments extends unknown[]>(apply: (...given: Arguments) => void) => {
      return (...given: Arguments) => {
        apply(...given);
        this.#tell();
      };
    };
    stage.on(
      StageEvents.STAGE_CONNECTION_STATE_CHANGED,
      change((state) => {
        this.#connection = state;
      }),
    );
    stage.on(
      StageEvents.ERROR,
      change((error) => {
        this.#error = error;
      }),
    );
    stage.on(
      StageEvents.STAGE_LEFT,
      change((reason) => {
        this.#left = reason;
        this.#source.stop();
      }),
    );
    stage.on(
      StageEvents.STAGE_PARTICIPANT_JOINED,
      change((info) => this.#find(info)),
    );
    stage.on(
      StageEvents.STAGE_PARTICIPANT_LEFT,
      change(({ id }) => this.#seen.delete(id)),
    );
    stage.on(
      StageEvents.STAGE_PARTICIPANT_STREAMS_ADDED,
      change((info, streams) => {
        const seen = this.#find(info);
        seen.streams = [...seen.streams, ...streams];
        for (const stream of streams) this.#silence(stream, this.#silenced.has(info.id));
      }),
    );
    stage.on(
      StageEvents.STAGE_PARTICIPANT_STREAMS_REMOVED,
      change((info, streams) => {
        const seen = this.#find(info);
        seen.streams = seen.streams.filter((stream) => !streams.includes(stream));
      }),
    );
    for (const name of [
      StageEvents.STAGE_STREAM_MUTE_CHANGED,
      StageEvents.STAGE_STREAM_LAYERS_CHANGED,
      StageEvents.STAGE_STREAM_LAYER_SELECTED,
      StageEvents.STAGE_PARTICIPANT_METADATA_CHANGED,
      StageEvents.STAGE_PARTICIPANT_PUBLISH_STATE_CHANGED,
      StageEvents.STAGE_PARTICIPANT_SUBSCRIBE_STATE_CHANGED,
    ] as const) {
      stage.on(name, () => this.#tell());
    }
    stage.on(
      StageEvents.STAGE_AUDIO_LEVELS_CHANGED,
      change((levels) => {
        this.#levels = new Map(
          levels.map(({ participant, levelDbov }) => [participant.id, Math.max(0, 1 - levelDbov / quietestDbov)]),
        );
      }),
    );
    stage.on(
      StageEvents.STAGE_ACTIVE_SPEAKER_CHANGED,
      change((speaker) => {
        this.#speaker = speaker?.id;
      }),
    );
  }

  #find(info: StageParticipantInfo) {
    const known = this.#seen.get(info.id);
    if (known) return known;
    const found = { info, streams: [] };
    this.#seen.set(info.id, found);
    return found;
  }

  async #look(): Promise<void> {
    const seen = [...this.#seen.values()];
    await this.#meter.look(seen.map(({ info, streams }) => ({ id: info.id, name: nameOf(info), streams })));
    this.#tell();
  }

  #silence(stream: StageStream, silenced: boolean): void {
    if (stream instanceof RemoteStageStream && stream.streamType === 'audio') stream.setMuted(silenced);
  }

  #tell(): void {
    const { looks } = this.#meter;
    const figures = looks.at(-1)?.figures;
    const participants = [...this.#seen.values()].map(({ info, streams }) => ({
      info,
      streams,
      level: this.#levels.get(info.id) ?? 0,
      isSpeaking: this.#speaker === info.id,
      figures: streams.length === 0 ? undefined : figures?.get(info.id),
      layers: streams.flatMap((stream) =>
        stream instanceof RemoteStageStream ? stream.getLayers().map(({ label }) => label) : [],
      ),
      preferredLayer: this.#preferredLayers.get(info.id),
      isSilenced: this.#silenced.has(info.id),
    }));
    const [connection, trouble, left] = [this.#connection, this.#error && wordsOf(this.#error), this.#left];
    this.#show({ connection, participants, looks, trouble, left });
  }
}
