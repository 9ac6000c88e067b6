import type { LiveParticipant } from './live-participant.ts';

/** Several changes at once are told as one state. */
const DELAY_MS = 10;

/** Tells the clients of a stage how it stands, all of it at each change. */
export class StageState {
  readonly #stageId: string;
  readonly #participants: ReadonlyMap<string, LiveParticipant>;
  #timer: NodeJS.Timeout | undefined;

  constructor(stageId: string, participants: ReadonlyMap<string, LiveParticipant>) {
    this.#stageId = stageId;
    this.#participants = participants;
  }

  get message(): string {
    return stageStateMessage(this.#stageId, this.#participants.values());
  }

  /** To be called when what clients are told has changed. */
  changed(): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        const { message } = this;
        for (const { socket } of this.#participants.values()) socket?.sendState(message);
        // A full stage is told less often: each state is as long as the stage is full, and goes to all.
      },
      Math.max(DELAY_MS, this.#participants.size),
    );
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}

/** The message that tells a client everything about its stage (docs/signalling.md, `STAGE_STATE`). */
export function stageStateMessage(stageId: string, participants: Iterable<LiveParticipant>): string {
  const seen = [...participants].filter(({ isPhysical }) => !isPhysical);
  const payload = { stageId, participants: seen.map(describe) };
  return JSON.stringify({ type: 'STAGE_STATE', payload });
}

function describe(participant: LiveParticipant): object {
  const { shown, publication, muteState, isPublishing } = participant;
  const capabilities = [
    ...(shown.capabilities.publish ? ['publish'] : []),
    ...(shown.capabilities.subscribe ? ['subscribe'] : []),
  ];
  return {
    id: participant.id,
    userId: shown.userId,
    attributes: shown.attributes,
    capabilities,
    isPublishing,
    ...(publication
      ? { publishId: publication.publishId, tracks: publication.kinds.map((kind) => ({ kind })) }
      : { tracks: [] }),
    audioMuted: isPublishing && muteState.audioMuted,
    videoStopped: isPublishing && muteState.videoStopped,
  };
}
