import { LocalStageStream, Stage, StageEvents, StreamType, SubscribeType } from 'amazon-ivs-web-broadcast';
import { shallowReactive } from 'vue';

/** A stage in which everybody sees and hears everybody, and which tells by reactive members who is there. */
export class Meeting extends Stage {
  /** Who is there, by id: `{ id, name, isLocal, streams, isMuted, isStopped }`. */
  people = shallowReactive(new Map());
  #isOver = false;

  constructor(token) {
    // Camera and microphone may come later than everybody else.
    const strategy = {
      streams: [undefined, undefined],
      stageStreamsToPublish() {
        return this.streams;
      },
      shouldPublishParticipant: () => true,
      shouldSubscribeToParticipant: () => SubscribeType.AUDIO_VIDEO,
    };
    super(token, strategy);
    this.strategy = strategy;
    this.on(StageEvents.STAGE_PARTICIPANT_JOINED, (info) => this.#show(info));
    this.on(StageEvents.STAGE_PARTICIPANT_LEFT, ({ id }) => this.people.delete(id));
    this.on(StageEvents.STAGE_PARTICIPANT_STREAMS_ADDED, (info, added) => {
      this.#show(info, [...this.#streams(info), ...added]);
    });
    this.on(StageEvents.STAGE_PARTICIPANT_STREAMS_REMOVED, (info, removed) => {
      this.#show(
        info,
        this.#streams(info).filter((stream) => !removed.includes(stream)),
      );
    });
    this.on(StageEvents.STAGE_STREAM_MUTE_CHANGED, (info) => this.#show(info));
    this.on(StageEvents.STAGE_LEFT, () => {
      this.#isOver = true;
      this.#close();
    });
  }

  async join() {
    this.#show(this.localParticipant);
    await super.join();
    window.addEventListener('online', this.refreshStrategy);
    window.addEventListener('pagehide', this.leave);
  }

  /** Opens camera and microphone, and publishes them. */
  async open() {
    const video = { width: { ideal: 640 }, height: { ideal: 360 } };
    const media = await navigator.mediaDevices.getUserMedia({ audio: true, video });
    this.strategy.streams = media.getTracks().map((track) => new LocalStageStream(track));
    // Whoever was asked for them may have left meanwhile.
    if (this.#isOver) this.#close();
    else this.refreshStrategy();
  }

  #close() {
    window.removeEventListener('online', this.refreshStrategy);
    window.removeEventListener('pagehide', this.leave);
    for (const stream of this.strategy.streams) stream?.mediaStreamTrack.stop();
  }

  #streams({ id }) {
    return this.people.get(id)?.streams ?? [];
  }

  #show(info, streams = this.#streams(info)) {
    const isOff = (type) => streams.some(({ streamType, isMuted }) => streamType === type && isMuted);
    this.people.set(info.id, {
      id: info.id,
      name: info.attributes.name || info.userId || info.id,
      isLocal: info.isLocal,
      streams,
      isMuted: isOff(StreamType.AUDIO),
      isStopped: isOff(StreamType.VIDEO),
    });
  }
}
