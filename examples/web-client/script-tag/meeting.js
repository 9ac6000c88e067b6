const { LocalStageStream, Stage, StageEvents, SubscribeType } = IVSBroadcastClient;

/** A stage in which everybody sees and hears everybody. Tells by `onChange` that there is something else to show. */
class Meeting extends Stage {
  /** Who is there, by id: `{ info, streams }`. */
  people = new Map();
  onChange = () => {};
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
    this.#listen();
  }

  async join() {
    this.#person(this.localParticipant);
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

  #listen() {
    this.on(StageEvents.STAGE_PARTICIPANT_JOINED, (info) => this.#person(info));
    this.on(StageEvents.STAGE_PARTICIPANT_LEFT, ({ id }) => {
      this.people.delete(id);
      this.onChange();
    });
    this.on(StageEvents.STAGE_PARTICIPANT_STREAMS_ADDED, (info, added) => {
      this.#person(info).streams.push(...added);
      this.onChange();
    });
    this.on(StageEvents.STAGE_PARTICIPANT_STREAMS_REMOVED, (info, removed) => {
      const person = this.#person(info);
      person.streams = person.streams.filter((stream) => !removed.includes(stream));
      this.onChange();
    });
    this.on(StageEvents.STAGE_STREAM_MUTE_CHANGED, () => this.onChange());
    this.on(StageEvents.STAGE_LEFT, () => {
      this.#isOver = true;
      this.#close();
    });
  }

  #close() {
    window.removeEventListener('online', this.refreshStrategy);
    window.removeEventListener('pagehide', this.leave);
    for (const stream of this.strategy.streams) stream?.mediaStreamTrack.stop();
  }

  #person(info) {
    if (!this.people.has(info.id)) this.people.set(info.id, { info, streams: [] });
    this.onChange();
    return this.people.get(info.id);
  }
}
