import type { AudioLevel, AudioLevels } from '@proscenium/media';
import type { Alarm, AlarmClock } from '../clock.ts';
import type { EventsSocket } from '../signalling/events-socket.ts';
import type { StageContext } from './stage-context.ts';

export interface StageAudioOptions {
  readonly clock: AlarmClock;
  /** Least time between two events about who speaks; 0 for no such events. */
  readonly activeSpeakerIntervalMs: number;
}

/** Tells a stage's clients how loud its publishers are and who of them speaks; and others, where it is asked for. */
export class StageAudio {
  readonly #stage: Pick<StageContext, 'participants' | 'journal' | 'logger'>;
  readonly #options: StageAudioOptions;
  #levels: AudioLevels | undefined;
  #heard: readonly AudioLevel[] = [];
  #levelsToldMs = Number.NEGATIVE_INFINITY;
  #speaker: string | undefined;
  #speakerTold: string | undefined;
  #speakerSentMs = Number.NEGATIVE_INFINITY;
  #speakerTimer: NodeJS.Timeout | undefined;
  /** Runs while the last event about the speaker is too fresh for another one. */
  #restAlarm: Alarm | undefined;

  constructor(stage: Pick<StageContext, 'participants' | 'journal' | 'logger'>, options: StageAudioOptions) {
    this.#stage = stage;
    this.#options = options;
  }

  /** Follows these levels from now on, and others no more. */
  watch(levels: AudioLevels): void {
    this.#levels = levels;
    levels.on('levels', (heard) => {
      if (this.#levels === levels) this.#tellLevels(heard);
    });
    levels.on('speaker', (participantId) => {
      if (this.#levels === levels) this.#tellSpeaker(participantId);
    });
    levels.on('failed', (error) => this.#stage.logger.warn({ err: error }, 'a publisher cannot be listened to'));
    this.#tellSpeaker(levels.speaker);
  }

  /** Tells somebody new what the others know. */
  greet(socket: EventsSocket): void {
    if (this.#speaker !== undefined) socket.send(speakerMessage(this.#speaker));
  }

  close(): void {
    this.#levels = undefined;
    this.#restAlarm?.cancel();
    clearTimeout(this.#speakerTimer);
  }

  #tellLevels(heard: readonly AudioLevel[]): void {
    this.#heard = heard;
    // As with the state: a full stage is told less often. That nobody is heard any more is told always.
    const nowMs = performance.now();
    if (heard.length > 0 && nowMs - this.#levelsToldMs < this.#stage.participants.size) return;
    this.#levelsToldMs = nowMs;
    this.#send(JSON.stringify({ type: 'AUDIO_LEVELS', payload: { levels: heard } }));
  }

  #tellSpeaker(participantId: string | undefined): void {
    if (participantId === this.#speaker) return;
    this.#speaker = participantId;
    this.#sendSpeaker();
    this.#recordSpeaker();
  }

  /** In a full stage, where people may talk in turns, less often: then the last one is told. */
  #sendSpeaker(): void {
    if (this.#speakerTimer) return;
    const restMs = this.#speakerSentMs + this.#stage.participants.size - performance.now();
    if (restMs > 0) {
      this.#speakerTimer = setTimeout(() => {
        this.#speakerTimer = undefined;
        this.#sendSpeaker();
      }, restMs);
      return;
    }
    this.#speakerSentMs = performance.now();
    this.#send(speakerMessage(this.#speaker));
  }

  #recordSpeaker(): void {
    const { clock, activeSpeakerIntervalMs } = this.#options;
    if (activeSpeakerIntervalMs === 0 || this.#restAlarm || this.#speaker === this.#speakerTold) return;
    this.#speakerTold = this.#speaker;
    this.#stage.journal.tellActivity('Active Speaker Changed', {
      participant_id: this.#speaker ?? null,
      user_id: (this.#speaker && this.#stage.participants.get(this.#speaker)?.claims.userId) ?? null,
      audio_levels: this.#heard.map(({ participantId, levelDbov }) => ({
        participant_id: participantId,
        level_dbov: levelDbov,
      })),
    });
    this.#restAlarm = clock.setAlarm(activeSpeakerIntervalMs, () => {
      this.#restAlarm = undefined;
      this.#recordSpeaker();
    });
  }

  #send(message: string): void {
    for (const { socket } of this.#stage.participants.values()) socket?.send(message);
  }
}

function speakerMessage(participantId: string | undefined): string {
  return JSON.stringify({ type: 'ACTIVE_SPEAKER', payload: { participantId: participantId ?? null } });
}
