import type { MediaKind, ParticipantState } from '../connection/messages.ts';

/** One difference between two states of a stage. */
export type StageChange =
  | { readonly change: 'left' | 'joined' | 'metadata' | 'published' | 'unpublished'; readonly id: string }
  | { readonly change: 'muted'; readonly id: string; readonly kind: MediaKind };

export type StageState = ReadonlyMap<string, ParticipantState>;

export function indexState(participants: readonly ParticipantState[]): StageState {
  return new Map(participants.map((participant) => [participant.id, participant]));
}

/**
 * What happened between two states, in the order in which it is told: who left, who came, then what changed at those who
 * stayed. Whoever leaves stops publishing first; whoever comes publishes after having joined. A new `publishId` is a
 * publish that ended and one that began.
 */
export function compareStates(previous: StageState, next: StageState): StageChange[] {
  const gone = [...previous.values()].filter(({ id }) => !next.has(id));
  const come = [...next.values()].filter(({ id }) => !previous.has(id));
  const stayed = [...next.values()].flatMap((now) => {
    const before = previous.get(now.id);
    return before ? compareParticipant(before, now) : [];
  });
  return [...gone.flatMap(departure), ...come.flatMap(arrival), ...stayed];
}

function departure({ id, isPublishing }: ParticipantState): StageChange[] {
  return [...(isPublishing ? [{ change: 'unpublished', id } as const] : []), { change: 'left', id }];
}

function arrival({ id, isPublishing }: ParticipantState): StageChange[] {
  return [{ change: 'joined', id }, ...(isPublishing ? [{ change: 'published', id } as const] : [])];
}

function compareParticipant(before: ParticipantState, now: ParticipantState): StageChange[] {
  const { id } = now;
  const changes: StageChange[] = [];
  const republished = before.publishId !== now.publishId;
  if (!sameMetadata(before, now)) changes.push({ change: 'metadata', id });
  if (before.isPublishing && (!now.isPublishing || republished)) changes.push({ change: 'unpublished', id });
  if (now.isPublishing && (!before.isPublishing || republished)) changes.push({ change: 'published', id });
  if (before.audioMuted !== now.audioMuted) changes.push({ change: 'muted', id, kind: 'audio' });
  if (before.videoStopped !== now.videoStopped) changes.push({ change: 'muted', id, kind: 'video' });
  return changes;
}

type Metadata = Pick<ParticipantState, 'userId' | 'attributes'>;

export function sameMetadata({ userId, attributes: before }: Metadata, now: Metadata): boolean {
  const names = Object.keys(before);
  return (
    userId === now.userId &&
    names.length === Object.keys(now.attributes).length &&
    names.every((name) => before[name] === now.attributes[name])
  );
}
