import type { Socket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import type { AudioTag, VideoTag } from '../rtmp/index.ts';
import type { RtpTarget } from '../sfu/ingest-source.ts';
import { EncoderReader, type EncoderReaderEvents } from './encoder-reader.ts';
import { firstTrack, type MediaSink } from './placed-media.ts';
import { RtpOutput } from './rtp-output.ts';

export interface IngestStreamEvents extends EncoderReaderEvents {
  /** More waits than should: nothing more is to be brought until `room`. */
  full: [];
  room: [];
}

const TICK_MS = 1_000;

/** What an encoder sends, made into RTP: H.264 as it is, AAC as Opus. */
export class IngestStream extends EventEmitter<IngestStreamEvents> {
  readonly #output: RtpOutput;
  readonly #reader: EncoderReader;
  readonly #ticker: NodeJS.Timeout;

  /**
   * @param socket connected to the target; stays the caller's
   * @param others who else gets what is read of it, of several tracks of the video the first
   */
  constructor(socket: Socket, target: RtpTarget, others: readonly MediaSink[] = []) {
    super();
    this.#output = new RtpOutput(socket, target, { full: () => this.emit('full'), room: () => this.emit('room') });
    this.#reader = new EncoderReader([this.#output, ...others.map(firstTrack)], performance.now());
    this.#reader.on('tracks', (tracks) => this.emit('tracks', tracks));
    this.#reader.on('facts', (track, facts) => this.emit('facts', track, facts));
    this.#reader.on('violation', (violation, description) => {
      this.close();
      this.emit('violation', violation, description);
    });
    this.#ticker = setInterval(() => this.#reader.tick(performance.now()), TICK_MS);
  }

  /** Of each track of the video, by timestamps; undefined while there are no pictures. */
  get framesPerSecond(): readonly (number | undefined)[] {
    return this.#reader.framesPerSecond(performance.now());
  }

  takeVideo(tag: VideoTag): void {
    this.#reader.takeVideo(tag, performance.now());
  }

  takeAudio(tag: AudioTag): void {
    this.#reader.takeAudio(tag, performance.now());
  }

  /** Keeps pictures back, which nobody would take, until they are let go. */
  holdPictures(): void {
    this.#output.holdPictures();
  }

  letPicturesGo(): void {
    this.#output.letPicturesGo();
  }

  close(): void {
    clearInterval(this.#ticker);
    this.#reader.close();
    this.#output.close();
  }
}
