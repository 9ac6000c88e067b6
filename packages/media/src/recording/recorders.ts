import { ChildProgram, entryBeside } from '../child-program/child-program.ts';
import type { Publication } from '../sfu/publication.ts';
import type { FromRecorder, ToRecorder } from './recorder-messages.ts';
import { type Recorder, Recording } from './recording.ts';
import { RecordingFault, type RecordingOptions } from './recording-options.ts';

export interface RecordersOptions {
  /** Each line that a recorder writes to its standard error. */
  readonly onLog?: (line: string) => void;
  /** How many recordings one recorder takes before there is another one. @default 20 */
  readonly recordingsEach?: number;
}

interface Used {
  readonly starting: Promise<Recorder>;
  recorder: Recorder | undefined;
  recordings: number;
}

/** The programs that record: each for many recordings, started when they are needed. The first one stays. */
export class Recorders {
  readonly #options: RecordersOptions;
  readonly #recordingsEach: number;
  readonly #used = new Set<Used>();
  readonly #recordings = new Set<Recording>();
  #lastId = 0;
  #closed = false;

  private constructor(options: RecordersOptions) {
    this.#options = options;
    this.#recordingsEach = options.recordingsEach ?? 20;
  }

  static async start(options: RecordersOptions = {}): Promise<Recorders> {
    return new Recorders(options);
  }

  /** Process ids of the recorders that run. */
  get pids(): number[] {
    return [...this.#used].flatMap(({ recorder }) => recorder?.pid ?? []);
  }

  /**
   * Records what comes of a publication until that ends, or the recording is stopped.
   *
   * @throws {RecordingFault}
   */
  async record(publication: Publication, options: RecordingOptions): Promise<Recording> {
    if (this.#closed) throw new RecordingFault('INTERNAL', 'Nothing is recorded any more');
    const used = this.#withRoom();
    used.recordings += 1;
    const free = () => {
      used.recordings -= 1;
      void this.#closeUnused(used);
    };
    try {
      const recorder = await used.starting.catch((cause) => {
        this.#used.delete(used);
        throw new RecordingFault('INTERNAL', 'The recorder cannot be started', { cause });
      });
      used.recorder = recorder;
      const recording = await Recording.begin(++this.#lastId, publication, options, recorder);
      if (recording.ended) {
        free();
        return recording;
      }
      this.#recordings.add(recording);
      recording.once('ended', () => {
        this.#recordings.delete(recording);
        free();
      });
      return recording;
    } catch (error) {
      free();
      throw error;
    }
  }

  /** Stops all recordings, and ends all recorders. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#recordings].map((recording) => recording.stop()));
    const closing = [...this.#used].map(({ starting }) => starting.then((recorder) => recorder.close()));
    this.#used.clear();
    await Promise.allSettled(closing);
  }

  #withRoom(): Used {
    const room = [...this.#used].find(({ recordings }) => recordings < this.#recordingsEach);
    if (room) return room;
    const used: Used = { starting: this.#startRecorder(), recorder: undefined, recordings: 0 };
    this.#used.add(used);
    return used;
  }

  async #startRecorder(): Promise<Recorder> {
    const { onLog } = this.#options;
    const recorder = await ChildProgram.start<ToRecorder, FromRecorder>({
      entry: entryBeside(import.meta.url, 'recorder-program'),
      name: 'recorder',
      ...(onLog && { onLog }),
    });
    recorder.setMaxListeners(0); // those of each recording
    return recorder;
  }

  async #closeUnused(used: Used): Promise<void> {
    if (used.recordings > 0 || this.#used.size === 1 || !this.#used.delete(used)) return;
    const recorder = await used.starting.catch(() => undefined); // one that did not start is told where it was wanted
    await recorder?.close();
  }
}
