import type { ParticipantState } from '../connection/messages.ts';
import type { StageParticipantCapability } from '../connection/participant-token.ts';
import { type LocalStageParticipant, StageParticipant } from './stage-participant.ts';
import { compareStates, indexState, type StageChange, type StageState } from './stage-state.ts';

/** A change and the participant whose it is. */
export type ParticipantChange = { readonly participant: StageParticipant } & StageChange;

/** Everybody in the stage, as the server told last. */
export class Participants {
  readonly #local: LocalStageParticipant;
  readonly #remotes = new Map<string, StageParticipant>();
  #state: StageState = new Map();

  constructor(local: LocalStageParticipant) {
    this.#local = local;
    // That it is there is known already.
    this.#state = indexState([describe(local)]);
  }

  get remotes(): readonly StageParticipant[] {
    return [...this.#remotes.values()];
  }

  /** The participant of that id, this client's own included. */
  find(id: string): StageParticipant | undefined {
    return id === this.#local.id ? this.#local : this.#remotes.get(id);
  }

  /** What the server says of this client's own publish; undefined when it has none. */
  get localPublishId(): string | undefined {
    return this.#state.get(this.#local.id)?.publishId;
  }

  /** Takes a new state. The participants are current when this returns; the changes are there to be told in order. */
  apply(participants: readonly ParticipantState[]): ParticipantChange[] {
    const next = indexState(participants);
    const changes = compareStates(this.#state, next);
    this.#state = next;
    const everybody = new Map(this.#remotes);
    for (const state of next.values()) {
      if (state.id === this.#local.id) continue; // is what its token says, which others may hear of later
      const participant = this.#remotes.get(state.id) ?? new StageParticipant(state.id);
      update(participant, state);
      this.#remotes.set(state.id, participant);
      everybody.set(state.id, participant);
    }
    for (const id of everybody.keys()) {
      const gone = next.has(id) ? undefined : this.#remotes.get(id);
      if (!gone) continue;
      Object.assign(gone, { isPublishing: false, publishId: undefined, tracks: undefined });
      this.#remotes.delete(id);
    }
    everybody.set(this.#local.id, this.#local);
    return changes.flatMap((change) => {
      const participant = everybody.get(change.id);
      return participant ? [{ ...change, participant }] : [];
    });
  }
}

function update(participant: StageParticipant, state: ParticipantState): void {
  const { userId, attributes, capabilities, isPublishing, publishId, audioMuted, videoStopped, tracks } = state;
  Object.assign(participant, { userId, attributes, isPublishing, publishId, audioMuted, videoStopped, tracks });
  if (capabilities) participant.capabilities = new Set(capabilities.filter(isCapability));
}

function isCapability(name: string): name is StageParticipantCapability {
  return name === 'publish' || name === 'subscribe';
}

function describe({ id, userId, attributes }: LocalStageParticipant): ParticipantState {
  return {
    id,
    userId,
    attributes,
    capabilities: undefined,
    isPublishing: false,
    publishId: undefined,
    audioMuted: false,
    videoStopped: false,
    tracks: undefined,
  };
}
