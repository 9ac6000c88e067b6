import type { ParticipantChange } from './participants.ts';
import type { StageParticipant } from './stage-participant.ts';

/** Whom the application knows of, which may be others than are there: a listener that leaves hears no more. */
export class ToldParticipants {
  readonly #publishing = new Map<StageParticipant, boolean>();

  /** To be called before the change is told. */
  note({ change, participant }: ParticipantChange): void {
    if (change === 'joined') this.#publishing.set(participant, false);
    else if (change === 'left') this.#publishing.delete(participant);
    else if (change === 'published' || change === 'unpublished')
      this.#publishing.set(participant, change === 'published');
  }

  /** What is to be told so that nobody is left. */
  get departures(): ParticipantChange[] {
    return [...this.#publishing].flatMap(([participant, isPublishing]) => {
      const { id } = participant;
      const unpublished = isPublishing ? [{ change: 'unpublished', id, participant } as const] : [];
      return [...unpublished, { change: 'left', id, participant }];
    });
  }
}
