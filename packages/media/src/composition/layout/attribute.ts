import type { LaidOutParticipant } from './layout.ts';

/** The value of an attribute; undefined without it, and for the name `''`, by which a layout says that it has none. */
export function attributeOf({ attributes }: LaidOutParticipant, name: string): string | undefined {
  return name === '' ? undefined : attributes[name];
}

/** The first one whose attribute has exactly the value `true`. */
export function findMarked(participants: readonly LaidOutParticipant[], name: string): LaidOutParticipant | undefined {
  return participants.find((participant) => attributeOf(participant, name) === 'true');
}
