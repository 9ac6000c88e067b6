import { startBeepingClock } from './beeping-clock.js';
import { watchBreaks } from './breaks.js';
import { drawClock } from './clock.js';
import {
  connectionPaths,
  connectionStates,
  inboundStats,
  remoteAddresses,
  scaleSentVideo,
  sentBytes,
  sentLayers,
} from './connections.js';
import { EventLog } from './event-log.js';
import { deleteResource, postPublish, postSilence, postSubscribe } from './post.js';
import { askForRestart, restartIce } from './restart.js';
import { hearTone } from './spectrum.js';
import { joinStage, openConnection } from './stage.js';
import { playTone } from './tone.js';

/** How often the browser's statistics are asked for. */
const statsIntervalMs = 100;

const log = new EventLog();

/** @typedef {Awaited<ReturnType<typeof joinStage>>} JoinedStage */

/** @type {JoinedStage | undefined} the last one that was joined */
let stage;

/** @type {Map<string, JoinedStage>} by their names in the test */
const stages = new Map();

/** @type {Awaited<ReturnType<typeof openConnection>> | undefined} */
let connection;

/** @type {{ track: MediaStreamTrack, stop: () => void }[]} */
let sources = [];

/** A picture with room for layers. */
const largePicture = { width: 640, height: 360, framesPerSecond: 30 };

/**
 * What this page publishes, made anew each time that it begins to.
 *
 * @param {typeof largePicture} [picture]
 * @returns {typeof sources}
 */
let newSources = (picture) => [drawClock(picture), playTone(440)];

/**
 * Received tracks by where they came from (participant id or location of a posted subscription) and kind.
 *
 * @type {Map<string, MediaStreamTrack>}
 */
const received = new Map();

/** @type {Map<string, RTCPeerConnection>} */
const posted = new Map();

/** @type {{ stop: () => Promise<void> } | undefined} */
let npmClient;

/** @type {Awaited<ReturnType<typeof watchBreaks>> | undefined} */
let breaks;

/** What a test may ask of the page. Arguments and results are JSON. */
const harness = {
  /**
   * From now on the page publishes a clock that a recording can be checked by.
   *
   * @param {{ width?: number, height?: number }} size
   */
  useBeepingClock(size) {
    newSources = () => startBeepingClock(size);
  },
  /**
   * @param {{
   *   token: string,
   *   publish: boolean,
   *   subscribe: boolean,
   *   simulcast: boolean,
   *   offered: boolean,
   *   initialLayer: import('@proscenium/web-broadcast').InitialLayerPreference | undefined,
   *   messages: boolean,
   *   inBandWorkerUrl?: string,
   * }} options
   */
  async joinStage({ token, publish, ...options }) {
    const tracks = publish ? startMedia(options.simulcast ? largePicture : undefined) : [];
    const handlers = { log, onTrack: keepTrack, onTrackGone: forgetTrack };
    stage = await joinStage(token, { tracks, ...options, ...handlers });
  },
  /** @param {{ by: number }} options */
  async scaleSentVideo({ by }) {
    await scaleSentVideo(by);
  },
  /** @param {{ enabled: boolean }} options */
  readMessages({ enabled }) {
    stage?.readMessages(enabled);
  },
  /**
   * Gives the error, if there is one.
   *
   * @param {{ text: string, repeatCount?: number }} options
   */
  insertMessage({ text, ...options }) {
    try {
      stage?.insertMessage(new TextEncoder().encode(text).buffer, options);
      return '';
    } catch (error) {
      return `${error}`;
    }
  },
  leaveStage() {
    stage?.leave();
  },
  /** @param {{ label: string | undefined }} options */
  preferLayer({ label }) {
    stage?.preferLayer(label);
  },
  /** @param {{ participantId: string }} options */
  attributesOf: ({ participantId }) => stage?.attributesOf(participantId) ?? {},
  /** @param {{ token: string }} options */
  exchangeToken: ({ token }) => stage?.exchangeToken(token),
  localParticipant: () => stage?.localParticipant(),
  /** @param {{ token: string }} options */
  async openConnection({ token }) {
    connection = await openConnection(token, log);
  },
  disconnect() {
    connection?.disconnect();
  },
  /** @param {{ token: string, stageName: string, publish: boolean }} options */
  async joinOverConnection({ token, stageName, publish }) {
    // The same camera for all of them.
    const tracks = publish ? currentMedia() : [];
    const handlers = { log, onTrack: keepTrack, onTrackGone: forgetTrack };
    stages.set(stageName, await joinStage(token, { stageName, realTimeConnection: connection, tracks, ...handlers }));
  },
  /**
   * The time from the call that joins, without loading the client, until somebody's first picture is shown.
   *
   * @param {{ token: string, source: string, overConnection: boolean }} options
   */
  async timeJoin({ token, source, overConnection }) {
    await import('/bundle/web-broadcast.js');
    /** @type {PromiseWithResolvers<void>} */
    const shown = Promise.withResolvers();
    /** @type {typeof keepTrack} */
    const onTrack = (participantId, track) => {
      keepTrack(participantId, track);
      if (participantId === source && track.kind === 'video')
        play(track).requestVideoFrameCallback(() => shown.resolve());
    };
    const realTimeConnection = overConnection ? connection : undefined;
    const beginMs = performance.now();
    await joinStage(token, { realTimeConnection, tracks: [], log, onTrack, onTrackGone: forgetTrack });
    await shown.promise;
    return performance.now() - beginMs;
  },
  /** @param {{ stageName: string }} options */
  leaveStageNamed({ stageName }) {
    stages.get(stageName)?.leave();
  },
  /** @param {{ kind: 'audio' | 'video', muted: boolean }} options */
  setMuted({ kind, muted }) {
    stage?.setMuted(kind, muted);
  },
  /** @param {{ participantId: string, kind: 'audio' | 'video', muted: boolean }} options */
  setRemoteMuted({ participantId, kind, muted }) {
    stage?.setRemoteMuted(participantId, kind, muted);
  },
  /** Says what a browser says when it is in a network again. */
  comeOnline() {
    dispatchEvent(new Event('online'));
  },
  /** @param {{ source: string, kind: 'audio' | 'video' }} options */
  qualityStats: async ({ source, kind }) => (await stage?.qualityStats(source, kind)) ?? [],
  connectionPaths,
  remoteAddresses,
  sentBytes,
  sentLayers,
  events: () => log.all(),
  /** @param {{ match: import('./event-log.js').EventMatch, timeoutMs: number }} options */
  waitForEvent: ({ match, timeoutMs }) => log.waitFor(match, timeoutMs),

  /** @param {{ url: string, token: string, videoCodec?: string, kinds?: string[] }} options */
  async postPublish({ url, token, videoCodec, kinds = ['audio', 'video'] }) {
    const tracks = startMedia().filter(({ kind }) => kinds.includes(kind));
    return keepPosted(await postPublish(url, token, tracks, { videoCodec }));
  },
  /** @param {{ url: string, token: string }} options */
  async postSilence({ url, token }) {
    return keepPosted(await postSilence(url, token));
  },
  /** @param {{ url: string, token: string, numbering: 'as offered' | 'turned round' }} options */
  async postSubscribe({ url, token, numbering }) {
    const subscription = await postSubscribe(url, token, { numbering });
    for (const { track } of subscription.connection.getReceivers()) keepTrack(subscription.location, track);
    return keepPosted(subscription);
  },
  /** @param {{ location: string, token: string }} options */
  async restartIce({ location, token }) {
    return await restartIce(postedAt(location), location, token);
  },
  /** @param {{ location: string, token: string, fragment: string }} options */
  async askForRestart({ location, token, fragment }) {
    return (await askForRestart(location, token, fragment)).status;
  },
  /** @param {{ location: string, token: string }} options */
  async deletePosted({ location, token }) {
    const status = await deleteResource(location, token);
    posted.get(location)?.close();
    posted.delete(location);
    return status;
  },

  /** @param {{ name: string, url: string, token: string }} options name is that of the npm package */
  async publishByNpmClient({ name, url, token }) {
    const { publishBy } = await import('/bundled/npm-clients.js');
    const publish = publishBy[name];
    if (publish === undefined) throw new Error(`No client ${name} here`);
    npmClient = await publish(url, token, new MediaStream(startMedia()));
  },
  /** @param {{ url: string, token: string }} options */
  async subscribeByNpmClient({ url, token }) {
    const { subscribeByWhipWhep } = await import('/bundled/npm-clients.js');
    const { connection, stop } = await subscribeByWhipWhep(url, token);
    for (const { track } of connection.getReceivers()) keepTrack(url, track);
    npmClient = { stop };
  },
  async stopNpmClient() {
    await npmClient?.stop();
  },

  /**
   * Frames count from the moment of the call, or from when the source's present track came if that is later.
   *
   * @param {{ source: string, frames: number, timeoutMs: number }} options
   */
  async waitForFrames({ source, frames, timeoutMs }) {
    const deadline = performance.now() + timeoutMs;
    /** @type {{ track: MediaStreamTrack, framesBefore: number } | undefined} */
    let watched;
    for (;;) {
      const track = await waitForTrack(source, 'video', deadline);
      const stats = await inboundStats(track);
      if (watched?.track !== track) {
        play(track);
        watched = { track, framesBefore: stats.framesDecoded };
      }
      if (stats.framesDecoded - watched.framesBefore >= frames) return stats;
      if (performance.now() > deadline) {
        throw new Error(`${source}: ${JSON.stringify(stats)}; ${JSON.stringify(connectionStates())}`);
      }
      await new Promise((resolve) => setTimeout(resolve, statsIntervalMs));
    }
  },
  /** @param {{ source: string, kind: 'audio' | 'video', timeoutMs: number }} options */
  async received({ source, kind, timeoutMs }) {
    return await inboundStats(await waitForTrack(source, kind, performance.now() + timeoutMs));
  },
  /** @param {{ source: string, hz: number | null, toleranceHz: number, seconds: number, timeoutMs: number }} options */
  async hearTone({ source, ...wanted }) {
    const track = await waitForTrack(source, 'audio', performance.now() + wanted.timeoutMs);
    return await hearTone(track, wanted);
  },

  /**
   * Shows and hears a source from now on, and notes where that stops.
   *
   * @param {{ source: string, toneHz: number, timeoutMs: number }} options
   */
  async watchBreaks({ source, toneHz, timeoutMs }) {
    const deadline = performance.now() + timeoutMs;
    const video = await waitForTrack(source, 'video', deadline);
    const audio = await waitForTrack(source, 'audio', deadline);
    play(audio); // which flows into the audio graph only while an element plays it
    breaks = await watchBreaks(play(video), audio, toneHz);
  },
  takeBreaks: () => breaks?.take(),

  /**
   * The page's own tone, not sent anywhere: what a tone looks like when nothing is wrong.
   *
   * @param {{ playedHz: number, hz: number | null, toleranceHz: number, seconds: number, timeoutMs: number }} options
   */
  async hearOwnTone({ playedHz, ...wanted }) {
    const tone = playTone(playedHz);
    return await hearTone(tone.track, wanted).finally(tone.stop);
  },
};

Object.assign(globalThis, { harness });

/**
 * @param {typeof largePicture} [picture]
 * @returns {MediaStreamTrack[]}
 */
function startMedia(picture) {
  for (const source of sources) source.stop();
  sources = newSources(picture);
  return sources.map(({ track }) => track);
}

/** @returns {MediaStreamTrack[]} */
function currentMedia() {
  return sources.length > 0 ? sources.map(({ track }) => track) : startMedia();
}

/**
 * @param {string} source
 * @param {MediaStreamTrack} track
 */
function keepTrack(source, track) {
  received.set(`${source} ${track.kind}`, track);
}

/**
 * @param {string} source
 * @param {MediaStreamTrack} track
 */
function forgetTrack(source, track) {
  const key = `${source} ${track.kind}`;
  if (received.get(key) === track) received.delete(key);
}

/** @param {string} location */
function postedAt(location) {
  const connection = posted.get(location);
  if (connection === undefined) throw new Error(`Nothing was posted to ${location}`);
  return connection;
}

/** @param {import('./post.js').PostedConnection} connection */
function keepPosted({ connection, location, offer, answer }) {
  posted.set(location, connection);
  return { location, offer, answer };
}

/**
 * @param {string} source
 * @param {string} kind
 * @param {number} deadline
 */
async function waitForTrack(source, kind, deadline) {
  for (;;) {
    const track = received.get(`${source} ${kind}`);
    if (track !== undefined) return track;
    if (performance.now() > deadline) {
      throw new Error(`No ${kind} track from ${source}; saw ${JSON.stringify(log.all())}`);
    }
    await new Promise((resolve) => setTimeout(resolve, statsIntervalMs));
  }
}

/**
 * Shows the track on the page, as an application would.
 *
 * @param {MediaStreamTrack} track
 * @returns {HTMLVideoElement}
 */
function play(track) {
  const element = document.createElement('video');
  element.muted = true;
  element.autoplay = true;
  element.playsInline = true;
  element.srcObject = new MediaStream([track]);
  document.body.append(element);
  return element;
}
