import type { RtpPacket } from '../rtp/packet.ts';
import { SenderClock } from '../rtp/sender-clock.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';
import type { ComposedParticipant, StreamNews } from './composer-messages.ts';
import type { LaidOutParticipant } from './layout/layout.ts';
import { ParticipantVideo } from './picture/participant-video.ts';
import type { LatenessSource, PresentationDelay } from './presentation-delay.ts';
import { ParticipantSound } from './sound/participant-sound.ts';

export interface ParticipantParts {
  readonly participantId: string;
  readonly attributes: ComposedParticipant['attributes'];
  readonly delay: PresentationDelay;
  requestKeyFrame(): void;
  /** Whether there is a video to be seen, or its shape, has changed. */
  onFacts(): void;
  /** The first picture can be shown. */
  onPicture(): void;
}

/** Whoever lost several pictures needs one key frame. */
const KEY_FRAME_INTERVAL_MS = 250;

/** Somebody who is seen and heard: both by one clock of the sender, so that lips match. */
export class Participant {
  readonly participantId: string;
  readonly video: ParticipantVideo;
  readonly sound: ParticipantSound;
  attributes: ComposedParticipant['attributes'];
  readonly #parts: ParticipantParts;
  readonly #lateness: readonly LatenessSource[];
  /** The streams that there are. */
  readonly #streams = new Map<MediaKind, { readonly ssrc: number; paused: boolean }>();
  readonly #failed = new Set<MediaKind>();
  #hadStreams = false;
  #seen = false;
  #keyFrameAskedMs = -Infinity;

  constructor(parts: ParticipantParts) {
    this.participantId = parts.participantId;
    this.attributes = parts.attributes;
    this.#parts = parts;
    const sender = new SenderClock();
    const [ofVideo, ofSound] = [parts.delay.source(), parts.delay.source()];
    this.#lateness = [ofVideo, ofSound];
    this.video = new ParticipantVideo({
      sender,
      requestKeyFrame: () => this.#requestKeyFrame(),
      onReady: (latenessMs) => this.#show(ofVideo, latenessMs),
      onFacts: parts.onFacts,
    });
    this.sound = new ParticipantSound({
      sender,
      onReady: (latenessMs) => ofSound.observe(latenessMs, performance.now()),
    });
  }

  /** Whether there ever was a picture that could be shown. */
  get seen(): boolean {
    return this.#seen;
  }

  /** Whether all of its streams have ended. */
  get spent(): boolean {
    return this.#hadStreams && this.#streams.size === 0;
  }

  /** Whether pictures should come, be there any yet or not. */
  get expectsVideo(): boolean {
    return this.#streams.get('video')?.paused === false;
  }

  get laidOut(): LaidOutParticipant {
    const { participantId, attributes, video } = this;
    return { participantId, attributes, hasVideo: video.hasVideo, aspectRatio: video.aspectRatio };
  }

  /** Under which its packets come, and of which kind they are. */
  get ssrcs(): Map<number, MediaKind> {
    return new Map([...this.#streams].map(([kind, { ssrc }]) => [ssrc, kind]));
  }

  news(news: StreamNews, nowMs: number): void {
    const { type, kind } = news;
    const known = this.#streams.get(kind);
    if (type === 'stream') this.#receive(news, nowMs);
    else if (!known) return;
    else if (type === 'paused') {
      known.paused = news.paused;
      this.#input(kind).pause(news.paused, nowMs);
    } else if (type === 'report') {
      this.#input(kind).report({ wallClockMs: news.wallClockMs, rtpTime: news.rtpTime }, nowMs);
    } else this.end(kind, nowMs);
    if (kind === 'video' && type !== 'report') this.#parts.onFacts();
  }

  push(kind: MediaKind, packet: RtpPacket, nowMs: number): void {
    this.#input(kind).push(packet, nowMs);
  }

  expire(kind: MediaKind, nowMs: number): void {
    this.#input(kind).expire(nowMs);
  }

  /** Nothing comes of this kind any more, unless another stream does. */
  end(kind: MediaKind, nowMs: number): void {
    if (!this.#streams.delete(kind)) return;
    this.#input(kind).end(nowMs);
  }

  /** It cannot be taken, and no other one is until the participant publishes anew. */
  fail(kind: MediaKind, nowMs: number): void {
    this.#failed.add(kind);
    try {
      this.end(kind, nowMs);
    } catch (error) {
      process.stderr.write(`It does not end either: ${error instanceof Error ? error.stack : String(error)}\n`);
    }
  }

  async close(): Promise<void> {
    for (const lateness of this.#lateness) lateness.release();
    this.sound.close();
    await this.video.close();
  }

  #receive({ kind, codec, ssrc, paused }: Extract<StreamNews, { type: 'stream' }>, nowMs: number): void {
    if (this.#failed.has(kind)) return;
    if (kind === 'video' && codec !== 'opus') this.video.receive(codec, ssrc, nowMs);
    else if (kind === 'audio' && codec === 'opus') this.sound.receive(ssrc, nowMs);
    else return; // nothing that a stage carries
    this.#hadStreams = true;
    this.#streams.set(kind, { ssrc, paused });
    this.#input(kind).pause(paused, nowMs);
  }

  #show(lateness: LatenessSource, latenessMs: number): void {
    lateness.observe(latenessMs, performance.now());
    if (this.#seen) return;
    this.#seen = true;
    this.#parts.onPicture();
  }

  #requestKeyFrame(): void {
    const nowMs = performance.now();
    if (nowMs - this.#keyFrameAskedMs < KEY_FRAME_INTERVAL_MS) return;
    this.#keyFrameAskedMs = nowMs;
    this.#parts.requestKeyFrame();
  }

  #input(kind: MediaKind): ParticipantVideo | ParticipantSound {
    return kind === 'video' ? this.video : this.sound;
  }
}
