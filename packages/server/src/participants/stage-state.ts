import type { LiveParticipant } from './live-participant.ts';

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
