import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { MediaKind } from '../webrtc/remote-description.ts';
import { openParticipantFolder } from './open-participant-folder.ts';
import { ParticipantRecorder, type RecorderClock } from './participant-recorder.ts';
import type { FeedNews, RecorderNews } from './recorder-messages.ts';
import type { RecordingFolder } from './recording-folder.ts';
import { RecordingFault, type RecordingOptions } from './recording-options.ts';

const CLOCK: RecorderClock = { nowMs: () => performance.now(), wallClockMs: () => Date.now() };
/** A second of what a publisher sends; the system may give less. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** A recording in the process that records it, with the port on which it takes packets. */
export class OpenRecording {
  readonly #socket: Socket;
  readonly #recorder: ParticipantRecorder;
  readonly #tell: (news: RecorderNews) => void;
  #failed = false;

  private constructor(
    socket: Socket,
    folder: RecordingFolder,
    options: RecordingOptions,
    kinds: readonly MediaKind[],
    tell: (news: RecorderNews) => void,
  ) {
    this.#socket = socket;
    this.#tell = tell;
    folder.on('file', (path, final) => tell({ type: 'file', path, final }));
    folder.on('durationchanged', (durationMs) => tell({ type: 'duration', durationMs }));
    folder.on('failed', (fault) => this.#fail(fault));
    this.#recorder = new ParticipantRecorder(options, {
      folder,
      kinds,
      clock: CLOCK,
      requestKeyFrame: () => tell({ type: 'keyFrameWanted' }),
      onFailed: (error) => this.#fail(error),
    });
    socket.on('message', (data) => this.#attempt(() => this.#recorder.packet(data)));
    socket.on('error', (error) => this.#fail(error));
  }

  /** @throws when the folder cannot be read */
  static async open(
    options: RecordingOptions,
    kinds: readonly MediaKind[],
    tell: (news: RecorderNews) => void,
  ): Promise<OpenRecording> {
    const folder = await openParticipantFolder(options.folder, options.targetSegmentDurationSeconds);
    const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new OpenRecording(socket, folder, options, kinds, tell);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  news(news: FeedNews): void {
    this.#attempt(() => this.#recorder.news(news));
  }

  tick(): void {
    this.#attempt(() => this.#recorder.tick());
  }

  /** What has come is on disk then. */
  async stop(): Promise<void> {
    this.#socket.close();
    await this.#recorder.stop().catch((error) => this.#fail(error));
  }

  /** Whatever goes wrong in one recording ends that one, not those beside it. */
  #attempt(work: () => void): void {
    if (this.#failed) return;
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    const message = error instanceof Error ? error.message : String(error);
    const { code } = error instanceof RecordingFault ? error : { code: 'INTERNAL' as const };
    process.stderr.write(`A recording fails: ${error instanceof Error ? error.stack : message}\n`);
    this.#tell({ type: 'failed', fault: { code, message } });
  }
}
