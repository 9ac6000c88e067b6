/** What the page is asked to do: a function of its harness, and the one argument. */
interface HarnessCall {
  name: string;
  options: object;
}

/** Runs a function in a browser page: Playwright's and Puppeteer's pages both do. */
export interface Evaluator {
  evaluate(work: (call: HarnessCall) => unknown, call: HarnessCall): Promise<unknown>;
}

/** An event that the page logged; `atMs` is the machine's clock, so it compares with `Date.now()` in the test. */
export interface PageEvent {
  name: string;
  /** Of a stage that was joined over a connection. */
  stageName?: string;
  participantId?: string;
  detail?: string;
  /** Of an error. */
  category?: string;
  atMs: number;
}

export type EventMatch = Partial<Omit<PageEvent, 'atMs'>> & { name: string; afterMs?: number };

/** Of one track, from its beginning on. */
export interface Received {
  framesDecoded: number;
  /** Of the last picture; 0 for audio. */
  frameWidth: number;
  bytesReceived: number;
  packetsReceived: number;
  packetsLost: number;
}

/** What the page's own client says of itself. */
export interface LocalParticipant {
  userId: string;
  attributes: Record<string, string>;
  capabilities: string[];
  isPublishing: boolean;
}

/** What a stream's `requestQualityStats()` tells. */
export interface QualityStats {
  networkQuality: number;
  roundTripTime?: number;
  packetsLost: number;
  rid?: string;
  active?: boolean;
  frameWidth?: number;
  bytesSent?: number;
  bytesReceived?: number;
}

export interface JoinOptions {
  publish?: boolean;
  subscribe?: boolean;
  simulcast?: boolean;
  /** False: the server hears no wish to subscribe, so the client has to post its offers. */
  offered?: boolean;
  /** Where a received video begins. Default: the client's own */
  initialLayer?: 'lowest_quality' | 'highest_quality';
  /** Whether its video carries messages, and those of others are read. Default false */
  messages?: boolean;
  /** Where the script for these is. Default: in the client */
  inBandWorkerUrl?: string;
}

export interface SentLayer {
  rid: string;
  active: boolean;
  bytesSent: number;
}

export interface HeardTone {
  heard: boolean;
  /** The last peaks of the spectrum, a quarter of a second apart; null is silence. */
  peaksHz: (number | null)[];
}

/** What was seen and heard of a source that is watched, since it was asked for last. */
export interface Breaks {
  /** Pictures. */
  frames: number;
  /** The longest time without a new picture, but for what the page slept of it. */
  pictureMs: number;
  /** The longest time without sound. */
  quietMs: number;
  /** Of a tone, by how much a sample was away from where the two before have it: more than for others is a click. */
  roughness: number;
}

/** What to listen for: the test tone, by default. */
export interface WantedTone {
  /** Null is silence. */
  hz?: number | null;
  toleranceHz?: number;
  seconds?: number;
  timeoutMs?: number;
}

export interface Posted {
  location: string;
  offer: string;
  answer: string;
}

/** How the page numbers the payload types and header extensions of its offer. */
export type Numbering = 'as offered' | 'turned round';

/** Failure guard of everything that a page waits for. A busy machine may take long; a broken server takes forever. */
const guardMs = 60_000;

const testTone: Required<WantedTone> = { hz: 440, toleranceHz: 15, seconds: 3, timeoutMs: guardMs };

/**
 * The test page as seen from the test: joins by the web client, publishes and subscribes by plain POST, and tells what
 * it saw and heard. `source` names where media comes from: a participant id for the web client, a location for POST.
 */
export class StagePage {
  readonly #page: Evaluator;

  constructor(page: Evaluator) {
    this.#page = page;
  }

  /** Publishes the clock of `clock-picture.ts` from now on. @param size 640 x 360 by default */
  useBeepingClock(size: { width?: number; height?: number } = {}): Promise<void> {
    return this.#call('useBeepingClock', size);
  }

  /** Sends the video in another size from now on. @param by 2: its sides are half as long */
  scaleSentVideo(by: number): Promise<void> {
    return this.#call('scaleSentVideo', { by });
  }

  joinStage(token: string, options: JoinOptions = {}): Promise<void> {
    const defaults = { publish: true, subscribe: true, simulcast: false, offered: true, messages: false };
    return this.#call('joinStage', { token, ...defaults, ...options });
  }

  /** @param label of the highest layer to be received; undefined for whatever the connection carries */
  preferLayer(label: string | undefined): Promise<void> {
    return this.#call('preferLayer', { label });
  }

  /** Reads the messages of received videos from now on, or no more. */
  readMessages(enabled: boolean): Promise<void> {
    return this.#call('readMessages', { enabled });
  }

  /** Sends a message inside the page's video, and gives the error as text, an empty one if there is none. */
  insertMessage(text: string, repeatCount?: number): Promise<string> {
    return this.#call('insertMessage', { text, repeatCount });
  }

  /** The named layers of the video that the page sends. */
  sentLayers(): Promise<SentLayer[]> {
    return this.#call('sentLayers');
  }

  /** What the page has sent by now, of audio and video, without what was sent again. */
  sentBytes(): Promise<number> {
    return this.#call('sentBytes');
  }

  /** @param source a participant id, or `local` for what the page publishes */
  qualityStats(source: string, kind: 'audio' | 'video'): Promise<QualityStats[]> {
    return this.#call('qualityStats', { source, kind });
  }

  leaveStage(): Promise<void> {
    return this.#call('leaveStage');
  }

  /** What the page was told last of a participant's attributes. */
  attributesOf(participantId: string): Promise<Record<string, string>> {
    return this.#call('attributesOf', { participantId });
  }

  /** Opens a real-time connection, whose states are events named `connectionStateChanged`. */
  openConnection(token: string): Promise<void> {
    return this.#call('openConnection', { token });
  }

  disconnect(): Promise<void> {
    return this.#call('disconnect');
  }

  /** Joins over that connection. */
  joinOverConnection(stageName: string, token: string, { publish = false } = {}): Promise<void> {
    return this.#call('joinOverConnection', { stageName, token, publish });
  }

  /** Joins, and gives the milliseconds from the call until somebody's first picture was shown. */
  timeJoin(token: string, source: string, options: { overConnection: boolean }): Promise<number> {
    return this.#call('timeJoin', { token, source, ...options });
  }

  leaveStageNamed(stageName: string): Promise<void> {
    return this.#call('leaveStageNamed', { stageName });
  }

  /** @returns `taken`, or the code of the error */
  exchangeToken(token: string): Promise<string> {
    return this.#call('exchangeToken', { token });
  }

  localParticipant(): Promise<LocalParticipant> {
    return this.#call('localParticipant');
  }

  setMuted(kind: 'audio' | 'video', muted: boolean): Promise<void> {
    return this.#call('setMuted', { kind, muted });
  }

  /** Blanks or silences what comes from somebody, on this page alone. */
  setRemoteMuted(participantId: string, kind: 'audio' | 'video', muted: boolean): Promise<void> {
    return this.#call('setRemoteMuted', { participantId, kind, muted });
  }

  /** Says what a browser says when it is in a network again, whichever that is. */
  comeOnline(): Promise<void> {
    return this.#call('comeOnline');
  }

  /** The way that each connection of the page goes: `host udp`, say, or `relay tcp`, which is how the relay is reached. */
  connectionPaths(): Promise<string[]> {
    return this.#call('connectionPaths');
  }

  /** Where the other side of each connection is. */
  remoteAddresses(): Promise<string[]> {
    return this.#call('remoteAddresses');
  }

  events(): Promise<PageEvent[]> {
    return this.#call('events');
  }

  /** The first event, past or to come, that has all members of the match. */
  waitForEvent(match: EventMatch, timeoutMs = guardMs): Promise<PageEvent> {
    return this.#call('waitForEvent', { match, timeoutMs });
  }

  postPublish(
    url: string,
    token: string,
    options: { videoCodec?: string; kinds?: readonly ('audio' | 'video')[] } = {},
  ): Promise<Posted> {
    return this.#call('postPublish', { url, token, ...options });
  }

  /** Publishes without sending anything. */
  postSilence(url: string, token: string): Promise<Posted> {
    return this.#call('postSilence', { url, token });
  }

  postSubscribe(url: string, token: string, numbering: Numbering = 'as offered'): Promise<Posted> {
    return this.#call('postSubscribe', { url, token, numbering });
  }

  /** Restarts ICE of what was posted, and gives the new session's entity tag and the server's fragment. */
  restartIce(location: string, token: string): Promise<{ etag: string; fragment: string }> {
    return this.#call('restartIce', { location, token });
  }

  /** Asks for a restart that the page then leaves alone, and gives the status of the answer. */
  askForRestart(location: string, token: string, fragment: string): Promise<number> {
    return this.#call('askForRestart', { location, token, fragment });
  }

  /** Ends what was posted and gives the status of the answer. */
  deletePosted(location: string, token: string): Promise<number> {
    return this.#call('deletePosted', { location, token });
  }

  /** Publishes by a WHIP client from npm, named by its package. */
  publishByNpmClient(name: string, url: string, token: string): Promise<void> {
    return this.#call('publishByNpmClient', { name, url, token });
  }

  /** Subscribes by the WHEP client of the package `whip-whep`; the source of what it receives is the URL. */
  subscribeByNpmClient(url: string, token: string): Promise<void> {
    return this.#call('subscribeByNpmClient', { url, token });
  }

  /** Lets the client from npm end what it began. */
  stopNpmClient(): Promise<void> {
    return this.#call('stopNpmClient');
  }

  /** Resolves when so many more frames of the source were decoded. */
  waitForFrames(source: string, frames: number, timeoutMs = guardMs): Promise<Received> {
    return this.#call('waitForFrames', { source, frames, timeoutMs });
  }

  /** What has come of the source's present track, waiting for it if need be. */
  received(source: string, kind: 'audio' | 'video', timeoutMs = guardMs): Promise<Received> {
    return this.#call('received', { source, kind, timeoutMs });
  }

  /** Listens until the strongest frequency was the test tone, or silence lasted, for so many seconds in a row. */
  hearTone(source: string, tone: WantedTone = {}): Promise<HeardTone> {
    return this.#call('hearTone', { source, ...testTone, ...tone });
  }

  /** Shows and hears a source with a tone from now on, and notes where that stops. */
  watchBreaks(source: string, toneHz: number, timeoutMs = guardMs): Promise<void> {
    return this.#call('watchBreaks', { source, toneHz, timeoutMs });
  }

  takeBreaks(): Promise<Breaks> {
    return this.#call('takeBreaks');
  }

  /** The same for a tone that the page plays to itself. */
  hearOwnTone(playedHz: number, tone: WantedTone = {}): Promise<HeardTone> {
    return this.#call('hearOwnTone', { playedHz, ...testTone, ...tone });
  }

  #call<Result>(name: string, options?: object): Promise<Result> {
    return this.#page.evaluate(callHarness, { name, options: options ?? {} }) as Promise<Result>;
  }
}

/** Runs in the page. */
function callHarness({ name, options }: HarnessCall): unknown {
  const { harness } = globalThis as unknown as { harness: Record<string, (options: object) => unknown> };
  const work = harness[name];
  if (work === undefined) throw new Error(`The test page cannot ${name}`);
  return work(options);
}
