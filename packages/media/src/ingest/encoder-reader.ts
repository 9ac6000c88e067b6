import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { CodecFailure } from '../codec/codec-failure.ts';
import type { AacFrame, AudioTag, AvcPicture, VideoTag } from '../rtmp/index.ts';
import type { H264Facts } from '../rtp/index.ts';
import { type IngestViolation, MAXIMUM_VIDEO_TRACKS } from '../sfu/ingest-source.ts';
import { readAacFormat } from './aac-format.ts';
import { MediaTimeline } from './media-timeline.ts';
import { MediaWatch } from './media-watch.ts';
import type { MediaSink } from './placed-media.ts';
import { RateWatch } from './rate-watch.ts';
import { SoundReader } from './sound-reader.ts';
import type { VideoTrack } from './video-track.ts';
import { VideoTracks } from './video-tracks.ts';

export interface EncoderReaderEvents {
  /**
   * Its video has several tracks, or others are larger than before: told before the picture with which they are.
   *
   * @param tracks by the order in which they came; the smallest picture first
   */
  tracks: [tracks: readonly number[]];
  /** @param track by the order in which they came */
  facts: [track: number, facts: H264Facts];
  /** Nothing that comes after it is read. @param description for people */
  violation: [violation: IngestViolation, description: string];
}

/** Between two ticks. Encoders tell of one or two forms of their video in all: one that makes up others floods nobody. */
const MAXIMUM_FACTS = 10;
/** Of several tracks of sound (Enhanced RTMP), the first is heard: others are meant for recordings. */
const AUDIO_TRACK = 0;
/** Without a word, it is taken that there is one track. */
const ONE_TRACK: readonly number[] = [0];

/** Reads what an encoder sends: H.264 as it is, in one track or several, AAC decoded, all with a time that goes on. */
export class EncoderReader extends EventEmitter<EncoderReaderEvents> {
  readonly #sinks: readonly MediaSink[];
  readonly #timeline = new MediaTimeline();
  readonly #watch: MediaWatch;
  readonly #rates = new RateWatch();
  readonly #tracks = new VideoTracks((track, facts) => this.#untold.set(track, facts));
  #sound: SoundReader | undefined;
  #audioSpecificConfig: Buffer | undefined;
  /** As it was told. */
  #order = ONE_TRACK;
  #audioBytes = 0;
  #audioMs = 0;
  #factsLeft = MAXIMUM_FACTS;
  /** What is to be told, by track: with the next tick at the latest. */
  readonly #untold = new Map<number, H264Facts>();
  #ended = false;

  /** @param sinks each gets all that is read, in this order */
  constructor(sinks: readonly MediaSink[], nowMs: number) {
    super();
    this.#sinks = sinks;
    this.#watch = new MediaWatch(nowMs);
  }

  /** Of each track of the video, by timestamps; undefined while there are no pictures. */
  framesPerSecond(nowMs: number): readonly (number | undefined)[] {
    return this.#tracks.list.map((track) => track.framesPerSecond(nowMs));
  }

  takeVideo(tag: VideoTag, nowMs: number): void {
    if (this.#ended) return;
    if (tag.kind === 'unsupported') {
      this.#violate('INVALID_VIDEO_CODEC', 'The video is not H.264');
      return;
    }
    const track = this.#tracks.track(tag.trackId);
    if (!track) this.#violate('INVALID_INPUT', `The video has more than ${MAXIMUM_VIDEO_TRACKS} tracks`);
    else if (tag.kind === 'config') track.configure(tag);
    else this.#readPicture(track, tag, nowMs);
  }

  takeAudio(tag: AudioTag, nowMs: number): void {
    if (this.#ended || tag.trackId !== AUDIO_TRACK) return;
    if (tag.kind === 'unsupported') this.#violate('INVALID_AUDIO_CODEC', 'The audio is not AAC');
    else if (tag.kind === 'config') this.#configureAudio(tag);
    else this.#readSound(tag, nowMs);
  }

  /** To be called once a second: notices what does not come, or too much of it. */
  tick(nowMs: number): void {
    if (this.#ended) return;
    const missing = this.#watch.missing(nowMs);
    if (missing.length > 0) {
      this.#violate('INVALID_INPUT', `There is no ${missing.join(' and no ')}: a stage needs both`);
      return;
    }
    const [audioBytes, audioMs] = [this.#audioBytes, this.#audioMs];
    const tracks = this.#tracks.list.map((track) => ({
      framesPerSecond: track.framesPerSecond(nowMs),
      pictures: track.pictures,
    }));
    const breach = this.#rates.breach({ tracks, audioBytes, audioMs });
    if (breach) {
      this.#violate(breach.violation, breach.description);
      return;
    }
    this.#factsLeft = MAXIMUM_FACTS;
    this.#tell();
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#sound?.close();
  }

  #readPicture(track: VideoTrack, picture: AvcPicture, nowMs: number): void {
    const { timestampMs, compositionTimeMs } = picture;
    const place = () => this.#timeline.place(track.stream, timestampMs + compositionTimeMs, nowMs);
    const placed = track.read(picture, nowMs, place);
    if (!placed) return;
    this.#watch.heard('video', nowMs);
    this.#tell();
    if (this.#ended) return;
    for (const sink of this.#sinks) sink.takePicture(placed);
  }

  #configureAudio({ audioSpecificConfig }: Extract<AudioTag, { kind: 'config' }>): void {
    if (this.#audioSpecificConfig?.equals(audioSpecificConfig)) return;
    const format = readAacFormat(audioSpecificConfig);
    if (!format) {
      this.#violate('INVALID_AUDIO_CODEC', 'The audio is not AAC-LC of 44.1 or 48 kHz in mono or stereo');
      return;
    }
    // What the message is read from is used again.
    this.#audioSpecificConfig = Buffer.from(audioSpecificConfig);
    const end = this.#sound?.end;
    this.#sound?.close();
    this.#sound = this.#orViolate(() => new SoundReader(Buffer.from(audioSpecificConfig), format, end));
  }

  #readSound({ data, timestampMs }: AacFrame, nowMs: number): void {
    const mediaMs = this.#timeline.place('audio', timestampMs, nowMs);
    this.#audioBytes += data.length;
    this.#audioMs = mediaMs;
    const sound = this.#orViolate(() => this.#sound?.read(data, mediaMs));
    if (!sound) return;
    this.#watch.heard('audio', nowMs);
    for (const sink of this.#sinks) this.#orViolate(() => sink.takeSound(sound));
  }

  /** One frame that is broken is passed over: whoever waits for others notices when none come. */
  #orViolate<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof CodecFailure)) throw error;
      if (error.reason === 'INTERNAL') this.#violate('INVALID_INPUT', 'The audio cannot be read');
      return undefined;
    }
  }

  /** Tells what is new, which is seldom anything. */
  #tell(): void {
    const { order } = this.#tracks;
    if (order.length > 0 && this.#factsLeft > 0 && !isDeepStrictEqual(order, this.#order)) {
      this.#factsLeft -= 1;
      this.#order = order;
      this.emit('tracks', order);
    }
    for (const [track, facts] of this.#untold) {
      if (this.#factsLeft === 0) return;
      this.#factsLeft -= 1;
      this.#untold.delete(track);
      this.emit('facts', track, facts);
    }
  }

  #violate(violation: IngestViolation, description: string): void {
    if (this.#ended) return;
    this.close();
    this.emit('violation', violation, description);
  }
}
