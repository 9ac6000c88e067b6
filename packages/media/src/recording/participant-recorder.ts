import { AacEncoder } from '../codec/aac-encoder.ts';
import { OpusDecoder } from '../codec/opus-decoder.ts';
import { MalformedMedia } from '../rtp/malformed-media.ts';
import { parseRtpPacket, type RtpPacket } from '../rtp/packet.ts';
import { SenderClock } from '../rtp/sender-clock.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';
import { AudioInput } from './audio-input.ts';
import { AudioTrack, type OpusPacket } from './audio-track.ts';
import { blackPictureOf } from './black-pictures.ts';
import { HeldPackets } from './held-packets.ts';
import type { FeedNews, StreamNews } from './recorder-messages.ts';
import type { RecordingFolder } from './recording-folder.ts';
import type { RecordingMediaType, RecordingOptions } from './recording-options.ts';
import { Thumbnails } from './thumbnails.ts';
import { TimeWaited } from './time-waited.ts';
import { Timeline } from './timeline.ts';
import { VideoSource } from './video-source.ts';

export interface RecorderClock {
  /** Does not jump. */
  nowMs(): number;
  /** Milliseconds since 1970. */
  wallClockMs(): number;
}

export interface ParticipantRecorderParts {
  readonly folder: RecordingFolder;
  /** What is published, as far as it is known. */
  readonly kinds: readonly MediaKind[];
  readonly clock: RecorderClock;
  requestKeyFrame(): void;
  /** It cannot go on. */
  onFailed(error: unknown): void;
}

/** So long the first picture is waited for; then the recording begins with black. */
const BEGINNING_MS = 5_000;
/** Sound that comes so long before the first picture is left out, so that they begin together. */
const SOUND_AHEAD_MS = 3_000;
const MAXIMUM_EARLY_PACKETS = 1_000;
/** After this without a packet there are no pictures, muted or not. */
const SILENT_VIDEO_MS = 3_000;
const KEY_FRAME_INTERVAL_MS = 1_000;
const AUDIO_BITRATE_BPS = 128_000;

/**
 * Records one publication: takes its RTP packets, and what is to be known beside them. A recording of both kinds has both
 * from the beginning to the end, be it black and silence: players do not take up a kind that comes later.
 */
export class ParticipantRecorder {
  readonly #mediaType: RecordingMediaType;
  readonly #targetSegmentDurationSeconds: number;
  readonly #parts: ParticipantRecorderParts;
  readonly #sender = new SenderClock();
  readonly #held: HeldPackets;
  readonly #video: VideoSource | undefined;
  readonly #thumbnails: Thumbnails | undefined;
  #audio: AudioInput | undefined;
  #decoder: OpusDecoder | undefined;
  #encoder: AacEncoder | undefined;
  #track: AudioTrack | undefined;
  #timeline: Timeline | undefined;
  /** Sound from before the beginning is known. */
  #early: OpusPacket[] = [];
  #firstPacketMs: number | undefined;
  readonly #waited = new TimeWaited();
  #newestMs = -Infinity;
  #keyFrameAskedMs = -Infinity;

  constructor(options: RecordingOptions, parts: ParticipantRecorderParts) {
    const { mediaType, thumbnails } = options;
    this.#mediaType = mediaType;
    this.#targetSegmentDurationSeconds = options.targetSegmentDurationSeconds;
    this.#parts = parts;
    const kinds = parts.kinds.filter((kind) => this.#records(kind));
    this.#held = new HeldPackets(kinds, {
      foresee: (packet, arrivalMs) => this.#streamOf(packet)?.foresee(packet, arrivalMs),
      take: (packet, arrivalMs) => this.#streamOf(packet)?.push(packet, arrivalMs),
    });
    const requestKeyFrame = () => this.#requestKeyFrame();
    this.#thumbnails =
      thumbnails &&
      new Thumbnails({
        targetIntervalSeconds: thumbnails.targetIntervalSeconds,
        onThumbnail: (jpeg) => parts.folder.addThumbnail(jpeg, thumbnails.storage),
        requestKeyFrame,
        onFailed: parts.onFailed,
      });
    if (!this.#records('video') && !thumbnails) return;
    this.#video = new VideoSource({
      sender: this.#sender,
      thumbnails: this.#thumbnails,
      onPicture: this.#records('video') ? (picture) => this.#show(picture) : undefined,
      requestKeyFrame,
      onFailed: parts.onFailed,
    });
  }

  news(news: FeedNews): void {
    const nowMs = this.#parts.clock.nowMs();
    switch (news.type) {
      case 'stream':
        this.#receive(news, nowMs);
        break;
      case 'paused':
        this.#held.release();
        if (news.kind === 'video') this.#pauseVideo(news.paused, nowMs);
        break;
      case 'report':
        if (news.ssrc === this.#audio?.ssrc) {
          this.#audio.report(news, nowMs);
          this.#held.reported('audio');
        } else if (this.#video?.report(news.ssrc, news, nowMs)) this.#held.reported('video');
        break;
    }
  }

  /** Takes an RTP packet. What is none, or of no stream that is known, counts for nothing. */
  packet(data: Buffer): void {
    const nowMs = this.#parts.clock.nowMs();
    this.#firstPacketMs ??= nowMs;
    try {
      this.#held.push(parseRtpPacket(data), nowMs);
    } catch (error) {
      if (!(error instanceof MalformedMedia)) throw error;
    }
  }

  /** To be called some times a second. */
  tick(): void {
    const nowMs = this.#waited.until(this.#parts.clock.nowMs());
    this.#held.expire(nowMs);
    if (this.#held.holding) return;
    this.#audio?.expire(nowMs);
    this.#video?.expire(nowMs);
    if (!this.#timeline) this.#beginWithoutPicture(nowMs);
    const silent = nowMs - (this.#video?.lastPacketMs ?? nowMs) > SILENT_VIDEO_MS;
    if (silent && this.#records('video')) this.#timeline?.black(nowMs);
    this.#timeline?.advance(nowMs);
  }

  /** What has come is written; nothing comes after it. */
  async stop(): Promise<void> {
    try {
      await this.#finish();
    } finally {
      this.#decoder?.close();
      this.#encoder?.close();
    }
  }

  async #finish(): Promise<void> {
    const nowMs = this.#parts.clock.nowMs();
    this.#held.release();
    this.#audio?.flush();
    await this.#video?.close(nowMs);
    if (!this.#timeline) this.#beginWithoutPicture(Infinity);
    this.#timeline?.end(this.#video?.paused ? nowMs : this.#newestMs);
    await this.#thumbnails?.settled();
    await this.#parts.folder.settled();
  }

  #records(kind: MediaKind): boolean {
    return kind === 'audio' ? this.#mediaType !== 'NONE' : this.#mediaType === 'AUDIO_VIDEO';
  }

  #streamOf({ ssrc }: RtpPacket): AudioInput | VideoSource | undefined {
    return ssrc === this.#audio?.ssrc ? this.#audio : this.#video;
  }

  #receive({ kind, codec, ssrcs, paused }: StreamNews, nowMs: number): void {
    if (codec !== 'opus') {
      if (this.#video?.receives) this.#held.release();
      this.#video?.receive(codec, ssrcs, nowMs);
      this.#requestKeyFrame();
      if (this.#video?.paused !== paused) this.#pauseVideo(paused, nowMs);
    } else if (kind === 'audio' && ssrcs[0] !== undefined && this.#records('audio')) {
      if (this.#audio) this.#held.release();
      this.#audio?.flush();
      this.#audio = new AudioInput(ssrcs[0], this.#sender, (packet) => this.#takeSound(packet));
    }
  }

  #pauseVideo(paused: boolean, nowMs: number): void {
    this.#video?.pause(paused, nowMs);
    if (!paused) this.#requestKeyFrame();
    else if (this.#records('video')) this.#timeline?.black(nowMs);
  }

  #show(picture: Parameters<Timeline['picture']>[0]): void {
    const { timeMs, config } = picture;
    if (!this.#timeline) {
      if (!config) return;
      const [firstSound] = this.#early;
      const late = firstSound !== undefined && timeMs - firstSound.timeMs > SOUND_AHEAD_MS;
      const timeline = this.#begin(late ? firstSound.timeMs : timeMs);
      if (late) timeline.black(firstSound.timeMs);
    }
    this.#newestMs = Math.max(this.#newestMs, timeMs);
    this.#timeline?.picture(picture);
  }

  #takeSound(packet: OpusPacket): void {
    this.#newestMs = Math.max(this.#newestMs, packet.timeMs);
    if (this.#track) this.#track.add(packet);
    else if (this.#early.length < MAXIMUM_EARLY_PACKETS) this.#early.push(packet);
  }

  #beginWithoutPicture(nowMs: number): void {
    const [firstSound] = this.#early;
    if (!firstSound || this.#firstPacketMs === undefined) return;
    const shows = this.#records('video');
    if (shows && nowMs - this.#firstPacketMs < BEGINNING_MS) return;
    const timeline = this.#begin(firstSound.timeMs);
    if (shows) timeline.black(firstSound.timeMs);
  }

  #begin(beginMs: number): Timeline {
    const { clock, folder } = this.#parts;
    this.#decoder = new OpusDecoder();
    this.#encoder = new AacEncoder({ channels: 2, bitrateBps: AUDIO_BITRATE_BPS });
    this.#track = new AudioTrack(beginMs, this.#decoder, this.#encoder);
    for (const packet of this.#early) this.#track.add(packet);
    this.#early = [];
    this.#timeline = new Timeline({
      targetSegmentDurationSeconds: this.#targetSegmentDurationSeconds,
      maximumSegmentDurationSeconds: folder.targetDurationSeconds,
      audio: this.#track,
      beginMs,
      beginWallClockMs: clock.wallClockMs() - (clock.nowMs() - beginMs),
      blackPicture: blackPictureOf,
      requestKeyFrame: () => this.#requestKeyFrame(),
      onSegment: (segment) => folder.add(segment),
    });
    return this.#timeline;
  }

  #requestKeyFrame(): void {
    const nowMs = this.#parts.clock.nowMs();
    if (!this.#video || this.#video.paused || nowMs - this.#keyFrameAskedMs < KEY_FRAME_INTERVAL_MS) return;
    this.#keyFrameAskedMs = nowMs;
    this.#parts.requestKeyFrame();
  }
}
