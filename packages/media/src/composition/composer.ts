import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { MalformedMedia } from '../rtp/malformed-media.ts';
import { isRtcp, parseRtpPacket } from '../rtp/packet.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';
import { distinctPictures, pictureKey } from './capacity.ts';
import type { ComposedParticipant, FromComposer, StreamNews } from './composer-messages.ts';
import type { CompositionOptions } from './composition-options.ts';
import { arrange } from './layout/arrange.ts';
import type { LaidOutParticipant } from './layout/layout.ts';
import { Participant } from './participant.ts';
import { PresentationDelay } from './presentation-delay.ts';
import { Rendition } from './rendition.ts';
import { SoundTrack } from './sound/sound-track.ts';
import { largestTiles, WantedVideos } from './wanted-videos.ts';

interface Route {
  readonly participant: Participant;
  readonly kind: MediaKind;
}

/** What there is from the first participant on. */
interface Programme {
  readonly renditions: readonly Rendition[];
  readonly sound: SoundTrack;
  /** Resolves when all outputs are open. */
  readonly opened: Promise<void>;
}

/** A second of what twelve participants send; the system may give less. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
const AUDIO_BITRATE_BPS = 128_000;
const TICK_MS = 10;
/** Sound is encoded later than pictures of its time, and is to last as long as the last one. */
const SOUND_AFTER_PICTURES_MS = 150;
/** Pictures are not waited for any longer, from the first participant on: perhaps nobody has any. */
const BEGINNING_MS = 1_000;

/** All participants in one picture for each size that is wanted, and one sound, on the way to the destinations. */
export class Composer {
  readonly #options: CompositionOptions;
  readonly #socket: Socket;
  readonly #tell: (message: FromComposer) => void;
  /** Whether another composer had it before. */
  readonly #resumed: boolean;
  readonly #delay = new PresentationDelay();
  /** By participant id, in the order of arrival. */
  #participants = new Map<string, Participant>();
  readonly #routes = new Map<number, Route>();
  readonly #wanted = new WantedVideos();
  #programme: Programme | undefined;
  /** Destinations that were ended, also before there was a programme. */
  readonly #endedDestinations = new Set<string>();
  /** Whether outputs take what there is. */
  #opened = false;
  #startBeforeMs = Infinity;
  /** What the tiles were arranged for. */
  #arrangedFor = '';
  readonly #timer: NodeJS.Timeout;
  #closing: Promise<void> | undefined;

  private constructor(
    socket: Socket,
    options: CompositionOptions,
    resumed: boolean,
    tell: (message: FromComposer) => void,
  ) {
    this.#socket = socket;
    this.#options = options;
    this.#resumed = resumed;
    this.#tell = tell;
    socket.on('message', (data) => this.#packet(data));
    this.#timer = setInterval(() => this.#tick(performance.now()), TICK_MS);
  }

  /** @param resumed whether another composer had it before */
  static async open(
    options: CompositionOptions,
    resumed: boolean,
    tell: (message: FromComposer) => void,
  ): Promise<Composer> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new Composer(socket, options, resumed, tell);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get renditions(): readonly Rendition[] {
    return this.#programme?.renditions ?? [];
  }

  /** @param participants all who publish now; whoever is missing is gone */
  setParticipants(participants: readonly ComposedParticipant[]): void {
    const before = this.#participants;
    this.#participants = new Map(
      participants.map((each) => {
        const participant = before.get(each.participantId) ?? this.#create(each);
        participant.attributes = each.attributes;
        return [each.participantId, participant];
      }),
    );
    for (const [participantId, participant] of before) {
      if (!this.#participants.has(participantId)) this.#retire(participant);
    }
    if (participants.length > 0) this.#programme ??= this.#prepare(performance.now());
    this.#arrange();
  }

  news(participantId: string, news: StreamNews): void {
    const nowMs = performance.now();
    let participant = this.#participants.get(participantId);
    if (!participant) return;
    if (news.type === 'stream' && participant.spent) {
      // Published anew, perhaps from elsewhere: nothing of the earlier clock holds.
      this.#retire(participant);
      participant = this.#create(participant);
      this.#participants.set(participantId, participant);
    }
    this.#attempt(participant, news.kind, (each) => each.news(news, nowMs));
    if (news.type !== 'report') this.#route(participant);
    this.#arrange();
  }

  /** Ends one output properly. The others go on, and what was made for this one alone is made no more. */
  endDestination(destinationId: string): void {
    this.#endedDestinations.add(destinationId);
    for (const rendition of this.renditions) rendition.end(destinationId);
  }

  /** Ends all outputs properly. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    this.#socket.close();
    await this.#programme?.opened;
    await Promise.all(this.renditions.map(({ track }) => track.close()));
    this.#programme?.sound.advance(performance.now() + SOUND_AFTER_PICTURES_MS);
    this.#programme?.sound.close();
    await Promise.all(this.renditions.map((rendition) => rendition.close()));
    await Promise.all([...this.#participants.values()].map((participant) => participant.close()));
  }

  #create({ participantId, attributes }: ComposedParticipant): Participant {
    return new Participant({
      participantId,
      attributes,
      delay: this.#delay,
      requestKeyFrame: () => this.#tell({ type: 'keyFrameWanted', participantId }),
      onFacts: () => this.#arrange(),
      onPicture: () => this.#startWithPicture(),
    });
  }

  /** Its sound is faded out by the mix. */
  #retire(participant: Participant): void {
    this.#unroute(participant);
    void participant.close();
  }

  #route(participant: Participant): void {
    this.#unroute(participant);
    for (const [ssrc, kind] of participant.ssrcs) this.#routes.set(ssrc, { participant, kind });
  }

  #unroute(participant: Participant): void {
    for (const [ssrc, route] of this.#routes) if (route.participant === participant) this.#routes.delete(ssrc);
  }

  #packet(data: Buffer): void {
    // Those of the SFU tell its own clock.
    if (isRtcp(data)) return;
    const nowMs = performance.now();
    try {
      const packet = parseRtpPacket(data);
      const route = this.#routes.get(packet.ssrc);
      if (route) this.#attempt(route.participant, route.kind, (each) => each.push(route.kind, packet, nowMs));
    } catch (error) {
      if (!(error instanceof MalformedMedia)) throw error;
    }
  }

  /** Whatever goes wrong with one stream ends that one, not those beside it. */
  #attempt(participant: Participant, kind: MediaKind, work: (participant: Participant) => void): void {
    try {
      work(participant);
    } catch (error) {
      const message = error instanceof Error ? error.stack : String(error);
      process.stderr.write(`The ${kind} of ${participant.participantId} is left out: ${message}\n`);
      participant.fail(kind, performance.now());
      this.#route(participant);
    }
  }

  #tick(nowMs: number): void {
    this.#delay.advance(nowMs);
    for (const participant of this.#participants.values()) {
      for (const kind of ['video', 'audio'] as const)
        this.#attempt(participant, kind, (each) => each.expire(kind, nowMs));
    }
    if (nowMs >= this.#startBeforeMs) this.#start();
    if (this.#opened && this.renditions.some(({ used }) => used)) this.#programme?.sound.advance(nowMs);
  }

  /** Time begins, and destinations are called. */
  #prepare(beginMs: number): Programme {
    const destinations = this.#options.destinations.filter(({ id }) => !this.#endedDestinations.has(id));
    const sound = new SoundTrack({
      beginMs,
      delayMs: () => this.#delay.ms,
      sources: () => [...this.#participants.values()].map((participant) => participant.sound),
      bitrateBps: AUDIO_BITRATE_BPS,
      onSound: (encoded) => {
        for (const rendition of this.renditions) rendition.takeSound(encoded);
      },
    });
    const renditions = distinctPictures(destinations).map(
      (settings) =>
        new Rendition({
          settings,
          destinations: destinations.filter(({ picture }) => pictureKey(picture) === pictureKey(settings)),
          beginMs,
          delayMs: () => this.#delay.ms,
          tell: this.#tell,
          onUnused: () => this.#arrange(),
        }),
    );
    const start = {
      audioSpecificConfig: sound.audioSpecificConfig,
      beginWallClockMs: Date.now() - (performance.now() - beginMs),
      audioBitrateBps: AUDIO_BITRATE_BPS,
      resumed: this.#resumed,
    };
    const opened = Promise.all(renditions.map((rendition) => rendition.openOutputs(start))).then(() => {
      this.#opened = true;
      this.#startBeforeMs = beginMs + BEGINNING_MS;
      this.#startWithPicture();
    });
    return { renditions, sound, opened };
  }

  #startWithPicture(): void {
    if (this.#opened && [...this.#participants.values()].some(({ seen }) => seen)) this.#start();
  }

  #start(): void {
    this.#startBeforeMs = Infinity;
    if (!this.#closing) for (const rendition of this.renditions) if (rendition.used) rendition.track.start();
  }

  /** Everybody's place, when something has changed by which it is found. */
  #arrange(): void {
    const participants = [...this.#participants.values()];
    const used = this.renditions.filter((rendition) => rendition.used);
    const laidOut = participants.map((participant) => participant.laidOut);
    // Those whose pictures have not come yet are wanted as well: else they would never come.
    const expected = participants.map(({ laidOut: each, expectsVideo }) => ({
      ...each,
      hasVideo: each.hasVideo || expectsVideo,
    }));
    const key = JSON.stringify([laidOut, expected.map(({ hasVideo }) => hasVideo), used.length]);
    if (key === this.#arrangedFor) return;
    this.#arrangedFor = key;
    const tilesOf = (rendition: Rendition, each: readonly LaidOutParticipant[]) =>
      arrange(this.#options.layout, each, rendition.settings);
    for (const rendition of used) {
      rendition.tiles = tilesOf(rendition, laidOut).map((tile) => ({
        tile,
        video: this.#participants.get(tile.participantId)?.video,
      }));
    }
    const sizes = largestTiles(
      used.flatMap((each) => [...each.tiles.map(({ tile }) => tile), ...tilesOf(each, expected)]),
    );
    for (const { participantId, video } of participants) video.decoded = sizes.has(participantId);
    const videos = this.#wanted.update([...this.#participants.keys()], sizes);
    if (videos.length > 0) this.#tell({ type: 'wanted', videos });
  }
}
