import { EventEmitter } from 'node:events';
import { readAudioSpecificConfig } from '../hls/audio-specific-config.ts';
import { MediaTimeline } from '../ingest/media-timeline.ts';
import { MediaWatch } from '../ingest/media-watch.ts';
import { VideoPassthrough } from '../ingest/video-passthrough.ts';
import { folderLayout } from '../recording/folder-layout.ts';
import { ParameterSets } from '../recording/parameter-sets.ts';
import { RecordingFolder } from '../recording/recording-folder.ts';
import { RecordingFault } from '../recording/recording-options.ts';
import type { Segment } from '../recording/segment.ts';
import type { AacFrame, AudioTag, AvcPicture, VideoTag } from '../rtmp/index.ts';
import { FrameRateMeter, type H264Facts, MalformedMedia } from '../rtp/index.ts';
import type { IngestViolation } from '../sfu/ingest-source.ts';
import type { ChannelNews, ChannelOptions } from './channel-options.ts';
import { ChannelSegmenter } from './channel-segmenter.ts';

export interface ChannelWriterEvents {
  facts: [facts: H264Facts];
  /** Nothing that comes after it is taken. @param description for people */
  violation: [violation: IngestViolation, description: string];
  news: [news: ChannelNews];
}

const VIDEO_CLOCK_RATE = 90_000;
const OBJECT_TYPE_LC = 2;
const TICK_MS = 1_000;
/** Of a frame of AAC: 6,144 bits for each of eight channels (ISO/IEC 14496-3). */
const MAXIMUM_FRAME_BYTES = 6_144;
/** Of several tracks of one kind (Enhanced RTMP), the first is shown. */
const TRACK = 0;

/** What an encoder sends, made into HLS: H.264 and AAC as they are. */
export class ChannelWriter extends EventEmitter<ChannelWriterEvents> {
  readonly #options: ChannelOptions;
  readonly #timeline = new MediaTimeline();
  readonly #watch = new MediaWatch(performance.now());
  readonly #frameRate = new FrameRateMeter(VIDEO_CLOCK_RATE);
  readonly #passthrough = new VideoPassthrough((facts) => this.emit('facts', facts));
  readonly #parameterSets = new ParameterSets();
  readonly #segmenter: ChannelSegmenter;
  readonly #ticker: NodeJS.Timeout;
  /** From the first segment on, with which it is known how long they are at most. */
  #folder: Promise<RecordingFolder> | undefined;
  #ended = false;

  constructor(options: ChannelOptions) {
    super();
    this.#options = options;
    this.#segmenter = new ChannelSegmenter({
      targetDurationSeconds: options.targetSegmentDurationSeconds,
      onSegment: (segment, maximumDurationSeconds) => this.#write(segment, maximumDurationSeconds),
    });
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Of its one track, by timestamps; undefined before there are pictures. */
  get framesPerSecond(): readonly [number | undefined] {
    return [this.#frameRate.framesPerSecond];
  }

  takeVideo(tag: VideoTag): void {
    if (this.#ended || tag.trackId !== TRACK) return;
    if (tag.kind === 'unsupported') this.#violate('INVALID_VIDEO_CODEC', 'The video is not H.264');
    else if (tag.kind === 'config') this.#passthrough.configure(tag);
    else this.#takePicture(tag);
  }

  takeAudio(tag: AudioTag): void {
    if (this.#ended || tag.trackId !== TRACK) return;
    if (tag.kind === 'unsupported') this.#violate('INVALID_AUDIO_CODEC', 'The audio is not AAC');
    else if (tag.kind === 'config') this.#configureAudio(tag.audioSpecificConfig);
    else this.#takeSound(tag);
  }

  /** Resolves when what came is written and told. */
  async close(): Promise<void> {
    if (!this.#ended) {
      this.#stop();
      this.#segmenter.end();
    }
    // One that could not be opened was told of.
    const folder = await this.#folder?.catch(() => undefined);
    await folder?.settled();
  }

  #takePicture(picture: AvcPicture): void {
    const units = this.#passthrough.pass(picture);
    if (!units || this.#ended) return;
    const nowMs = performance.now();
    this.#watch.heard('video', nowMs);
    const decodedAtMs = this.#timeline.place('video', picture.timestampMs, nowMs);
    this.#frameRate.add(Math.round(((decodedAtMs + picture.compositionTimeMs) * VIDEO_CLOCK_RATE) / 1_000) >>> 0);
    const { keyFrame } = picture;
    try {
      if (keyFrame) this.#parameterSets.take(units);
      const { config } = this.#parameterSets;
      if (!config) return;
      const shownAtMs = decodedAtMs + picture.compositionTimeMs;
      this.#segmenter.picture({ decodedAtMs, shownAtMs, keyFrame, units, config }, Date.now());
    } catch (error) {
      if (error instanceof RangeError) this.#violate('BITRATE_EXCEEDED', 'The video takes too much');
      else if (error instanceof MalformedMedia) this.#violate('INVALID_INPUT', 'The video cannot be read');
      else throw error;
    }
  }

  #configureAudio(audioSpecificConfig: Buffer): void {
    try {
      const { objectType, sampleRateHz } = readAudioSpecificConfig(audioSpecificConfig);
      if (objectType !== OBJECT_TYPE_LC) this.#violate('INVALID_AUDIO_CODEC', 'The audio is not AAC-LC');
      // What the message is read from is used again.
      else this.#segmenter.format({ audioSpecificConfig: Buffer.from(audioSpecificConfig), sampleRateHz });
    } catch (error) {
      if (!(error instanceof MalformedMedia)) throw error;
      this.#violate('INVALID_AUDIO_CODEC', 'The audio cannot be read');
    }
  }

  #takeSound({ data, timestampMs }: AacFrame): void {
    if (data.length > MAXIMUM_FRAME_BYTES) {
      this.#violate('INVALID_INPUT', 'A frame of the audio is too large');
      return;
    }
    const nowMs = performance.now();
    this.#watch.heard('audio', nowMs);
    this.#segmenter.sound(this.#timeline.place('audio', timestampMs, nowMs), Buffer.from(data));
  }

  #write(segment: Segment, targetDurationSeconds: number): void {
    this.#folder ??= this.#open(targetDurationSeconds);
    this.#folder
      .then((folder) => folder.add(segment))
      .catch((error) => this.#fail(new RecordingFault('INTERNAL', 'The folder cannot be written', { cause: error })));
  }

  async #open(targetDurationSeconds: number): Promise<RecordingFolder> {
    const { folder: path, rendition, windowSegments } = this.#options;
    const layout = folderLayout({ rendition, thumbnails: rendition });
    const folder = await RecordingFolder.open(path, {
      layout,
      targetDurationSeconds,
      windowSegments,
      // Where key frames will be, the encoder alone knows, and what a playlist has promised it cannot take back.
      hasIndependentSegments: false,
    });
    folder.on('file', (path, final) => this.emit('news', { type: 'file', path, final }));
    folder.on('gone', (path) => this.emit('news', { type: 'gone', path }));
    folder.on('failed', (fault) => this.#fail(fault));
    return folder;
  }

  #tick(): void {
    const missing = this.#watch.missing(performance.now());
    if (missing.length === 0) return;
    this.#violate('INVALID_INPUT', `There is no ${missing.join(' and no ')}: a channel needs both`);
  }

  #fail({ code, message }: RecordingFault): void {
    this.#stop();
    this.emit('news', { type: 'failed', code: code === 'DISK_FULL' ? code : 'INTERNAL', message });
  }

  #violate(violation: IngestViolation, description: string): void {
    if (this.#ended) return;
    this.#stop();
    this.#segmenter.end();
    this.emit('violation', violation, description);
  }

  #stop(): void {
    this.#ended = true;
    clearInterval(this.#ticker);
  }
}
