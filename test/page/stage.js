/**
 * Opens a connection over which stages can be joined, and logs what becomes of it.
 *
 * @param {string} token
 * @param {import('./event-log.js').EventLog} log
 */
export async function openConnection(token, log) {
  const { RealTimeConnection } = await import('/bundle/web-broadcast.js');
  const connection = new RealTimeConnection(token);
  connection.on('stateChanged', (state, error) => {
    log.add({ name: 'connectionStateChanged', detail: error ? `${state} ${error.code}` : state });
  });
  connection.connect();
  return connection;
}

/**
 * Joins a stage by our web client, as an application would, and logs every event that it emits.
 *
 * @param {string} token
 * @param {{
 *   stageName?: string,
 *   realTimeConnection?: import('@proscenium/web-broadcast').RealTimeConnection | undefined,
 *   log: import('./event-log.js').EventLog,
 *   tracks: MediaStreamTrack[],
 *   subscribe?: boolean,
 *   simulcast?: boolean,
 *   offered?: boolean,
 *   initialLayer?: import('@proscenium/web-broadcast').InitialLayerPreference | undefined,
 *   messages?: boolean,
 *   inBandWorkerUrl?: string,
 *   onTrack: (participantId: string, track: MediaStreamTrack) => void,
 *   onTrackGone: (participantId: string, track: MediaStreamTrack) => void,
 * }} options
 */
export async function joinStage(token, options) {
  const { stageName = '', realTimeConnection, inBandWorkerUrl, log, tracks, onTrack, onTrackGone } = options;
  const { subscribe = true, simulcast = false, offered = true, messages = false, initialLayer } = options;
  if (!offered) withholdWishes();
  const { Stage, LocalStageStream, RemoteStageStream, StageEvents, SubscribeType } = await import(
    '/bundle/web-broadcast.js'
  );
  const streams = tracks.map((track) =>
    track.kind === 'video'
      ? new LocalStageStream(track, { simulcast: { enabled: simulcast }, inBandMessaging: { enabled: messages } })
      : new LocalStageStream(track),
  );
  /** @type {string | undefined} */
  let preferredLayer;
  let readsMessages = messages;
  /** @type {import('@proscenium/web-broadcast').StageStrategy} */
  const strategy = {
    stageStreamsToPublish: () => streams,
    shouldPublishParticipant: () => streams.length > 0,
    shouldSubscribeToParticipant: () => (subscribe ? SubscribeType.AUDIO_VIDEO : SubscribeType.NONE),
    subscribeConfiguration: () => ({
      inBandMessaging: { enabled: readsMessages },
      ...(initialLayer ? { simulcast: { initialLayerPreference: initialLayer } } : {}),
    }),
    preferredLayerForStream: () => preferredLayer,
  };
  const stage = new Stage(token, strategy, { inBandWorkerUrl, realTimeConnection });

  for (const name of Object.values(StageEvents)) {
    stage.on(name, (/** @type {unknown[]} */ ...details) => log.add({ name, stageName, ...describe(details) }));
  }
  stage.on(StageEvents.STAGE_PARTICIPANT_METADATA_CHANGED, ({ id, userId, attributes }) => {
    log.add({ name: 'metadata', participantId: id, detail: `${userId} ${JSON.stringify(attributes)}` });
  });
  /** @type {Map<string, { setMuted(muted: boolean): void }>} */
  const remoteStreams = new Map();
  /**
   * By whose they are, this page's own being `local`, and by kind.
   *
   * @type {Map<string, import('@proscenium/web-broadcast').StageStream>}
   */
  const everyStream = new Map();
  stage.on(StageEvents.STAGE_PARTICIPANT_STREAMS_ADDED, ({ id, isLocal }, added) => {
    for (const stream of added) everyStream.set(`${isLocal ? 'local' : id} ${stream.streamType}`, stream);
    if (isLocal) return;
    for (const stream of added) {
      if (stream instanceof RemoteStageStream) remoteStreams.set(`${id} ${stream.streamType}`, stream);
      onTrack(id, stream.mediaStreamTrack);
    }
  });
  stage.on(StageEvents.STAGE_PARTICIPANT_STREAMS_REMOVED, ({ id, isLocal }, removed) => {
    if (!isLocal) for (const { mediaStreamTrack } of removed) onTrackGone(id, mediaStreamTrack);
  });
  /**
   * As it was told last, by participant.
   *
   * @type {Map<string, Record<string, unknown>>}
   */
  const attributes = new Map();
  for (const name of [StageEvents.STAGE_PARTICIPANT_JOINED, StageEvents.STAGE_PARTICIPANT_METADATA_CHANGED]) {
    stage.on(name, (info) => attributes.set(info.id, { ...info.attributes }));
  }
  await stage.join();

  return {
    /** @param {string} participantId */
    attributesOf: (participantId) => attributes.get(participantId) ?? {},
    leave: () => stage.leave(),
    /** @param {string | undefined} label undefined for whatever the connection carries */
    preferLayer(label) {
      preferredLayer = label;
      stage.refreshStrategy();
    },
    /** @param {boolean} enabled */
    readMessages(enabled) {
      readsMessages = enabled;
      stage.refreshStrategy();
    },
    /**
     * @param {ArrayBuffer} payload
     * @param {{ repeatCount?: number }} [options]
     */
    insertMessage(payload, options) {
      const video = streams.find(({ streamType }) => streamType === 'video');
      if (video === undefined) throw new Error('No video is published');
      video.insertSeiMessage(payload, options);
    },
    /**
     * @param {string} newToken
     * @returns {Promise<string>} `taken`, or the code of the error
     */
    exchangeToken: (newToken) =>
      stage.exchangeToken(newToken).then(
        () => 'taken',
        (error) => String(error.code),
      ),
    localParticipant() {
      const { userId, attributes, capabilities, isPublishing } = stage.localParticipant;
      return { userId, attributes, capabilities: [...capabilities], isPublishing };
    },
    /**
     * @param {string} source a participant id, or `local`
     * @param {string} kind audio or video
     */
    qualityStats: async (source, kind) => (await everyStream.get(`${source} ${kind}`)?.requestQualityStats()) ?? [],
    /**
     * @param {string} kind audio or video
     * @param {boolean} muted
     */
    setMuted(kind, muted) {
      for (const stream of streams) if (stream.streamType === kind) stream.setMuted(muted);
    },
    /**
     * Silences or blanks what comes, here alone.
     *
     * @param {string} participantId
     * @param {string} kind audio or video
     * @param {boolean} muted
     */
    setRemoteMuted(participantId, kind, muted) {
      const stream = remoteStreams.get(`${participantId} ${kind}`);
      if (stream === undefined) throw new Error(`No ${kind} of ${participantId} has come`);
      stream.setMuted(muted);
    },
  };
}

/** The server hears no wish to subscribe, so that it is as one that does not offer. */
function withholdWishes() {
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    if (!String(data).startsWith('{"type":"SUBSCRIBE"')) send.call(this, data);
  };
}

/**
 * The arguments of an event as text: whose it is and what it says.
 *
 * @param {unknown[]} details
 */
function describe(details) {
  const [first, second, third, fourth] = details;
  if (first === undefined) return {};
  if (Array.isArray(first)) {
    return { detail: first.map(({ participant, levelDbov }) => `${participant.id} ${levelDbov}`).join(' ') };
  }
  if (first instanceof Error) return describeError(first);
  if (typeof first === 'string') return { detail: first };
  const { id } = /** @type {{ id: string }} */ (first);
  if (second === undefined) return { participantId: id };
  if (typeof third === 'boolean') return { participantId: id, detail: String(third) };
  if (isMessage(second))
    return { participantId: id, detail: `${second.uuid} ${new TextDecoder().decode(second.payload)}` };
  if (isLayer(third)) return { participantId: id, detail: `${third.label} ${fourth}` };
  return {
    participantId: id,
    detail: typeof second === 'string' ? second : [second].flat().map(describeStream).join(' '),
  };
}

/** @param {Error & { code?: number | string, category?: string }} error */
function describeError({ code = '', category = '', message }) {
  return { detail: `${code} ${message}`, category };
}

/**
 * @param {unknown} value
 * @returns {value is { label: string }}
 */
function isLayer(value) {
  return typeof value === 'object' && value !== null && 'label' in value;
}

/**
 * @param {unknown} value
 * @returns {value is { uuid: string, payload: ArrayBuffer }}
 */
function isMessage(value) {
  return typeof value === 'object' && value !== null && 'uuid' in value;
}

/** @param {unknown} stream */
function describeStream(stream) {
  const { streamType, isMuted } = /** @type {{ streamType: string, isMuted: boolean }} */ (stream);
  return `${streamType} ${isMuted ? 'muted' : 'unmuted'}`;
}
