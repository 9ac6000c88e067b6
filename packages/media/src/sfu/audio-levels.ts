import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';

/** How loud somebody was in the last interval, in dBov: 0 is the loudest that can be, -127 is silence (RFC 6464 §3). */
export interface AudioLevel {
  readonly participantId: string;
  readonly levelDbov: number;
}

export interface AudioLevelsEvents {
  /** Who is heard, the loudest first, while anybody is; once empty when nobody is any more. */
  levels: [levels: readonly AudioLevel[]];
  /** Who speaks, from now on; undefined when that was somebody who was muted or has gone. */
  speaker: [participantId: string | undefined];
  /** The worker cannot be asked: no levels of this publisher will come. */
  failed: [error: Error];
}

const LEVELS_INTERVAL_MS = 500;
/** Below this is the noise of a room. */
const HEARD_FROM_DBOV = -60;
/** More voices at a time are no conversation; the rest is left out. */
const MAXIMUM_VOICES = 16;

interface Observers {
  readonly levels: types.AudioLevelObserver;
  readonly speaker: types.ActiveSpeakerObserver;
}

/**
 * How loud the publishers of a stage are and who of them speaks, as senders say in each packet (RFC 6464): a publisher
 * that has not negotiated that extension is never heard here. Made of nothing until somebody sends audio.
 */
export class AudioLevels extends EventEmitter<AudioLevelsEvents> {
  readonly #router: types.Router;
  #observers: Promise<Observers> | undefined;
  /** Whose a producer is, by its id. */
  readonly #participants = new Map<string, string>();
  #speaking: types.Producer | undefined;

  constructor(router: types.Router) {
    super();
    this.#router = router;
  }

  /** Who spoke last, if that publisher still can. */
  get speaker(): string | undefined {
    return this.#speaking && this.#participants.get(this.#speaking.id);
  }

  /** Listens to this publisher until its producer closes. */
  add(participantId: string, producer: types.Producer): void {
    this.#participants.set(producer.id, participantId);
    producer.observer.once('close', () => {
      this.#silenced(producer);
      this.#participants.delete(producer.id);
    });
    producer.observer.on('pause', () => this.#silenced(producer));
    this.#observe(producer).catch((error: Error) => {
      if (!producer.closed && !this.#router.closed) this.emit('failed', error);
    });
  }

  async #observe({ id: producerId }: types.Producer): Promise<void> {
    this.#observers ??= this.#createObservers();
    const { levels, speaker } = await this.#observers;
    await Promise.all([levels.addProducer({ producerId }), speaker.addProducer({ producerId })]);
  }

  async #createObservers(): Promise<Observers> {
    const [levels, speaker] = await Promise.all([
      this.#router.createAudioLevelObserver({
        interval: LEVELS_INTERVAL_MS,
        threshold: HEARD_FROM_DBOV,
        maxEntries: MAXIMUM_VOICES,
      }),
      this.#router.createActiveSpeakerObserver(),
    ]);
    levels.on('volumes', (volumes) => this.emit('levels', this.#levelsOf(volumes)));
    levels.on('silence', () => this.emit('levels', []));
    speaker.on('dominantspeaker', ({ producer }) => this.#speaks(producer));
    return { levels, speaker };
  }

  #levelsOf(volumes: readonly types.AudioLevelObserverVolume[]): AudioLevel[] {
    return volumes.flatMap(({ producer, volume }) => {
      const participantId = this.#participants.get(producer.id);
      return participantId === undefined ? [] : [{ participantId, levelDbov: volume }];
    });
  }

  #speaks(producer: types.Producer): void {
    if (producer === this.#speaking || producer.paused || !this.#participants.has(producer.id)) return;
    this.#speaking = producer;
    this.emit('speaker', this.speaker);
  }

  #silenced(producer: types.Producer): void {
    if (producer !== this.#speaking) return;
    this.#speaking = undefined;
    this.emit('speaker', undefined);
  }
}
