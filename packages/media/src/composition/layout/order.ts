import { attributeOf } from './attribute.ts';
import type { LaidOutParticipant } from './layout.ts';

/**
 * Participants by the whole number in their attribute, the smallest first; whoever has none comes after these. Those
 * that are equal stay in the order in which they are given, which is that of arrival.
 */
export function inOrder(participants: readonly LaidOutParticipant[], orderAttribute: string): LaidOutParticipant[] {
  const numbered: { participant: LaidOutParticipant; place: bigint }[] = [];
  const others: LaidOutParticipant[] = [];
  for (const participant of participants) {
    const value = attributeOf(participant, orderAttribute);
    if (value !== undefined && /^-?\d+$/.test(value)) numbered.push({ participant, place: BigInt(value) });
    else others.push(participant);
  }
  numbered.sort((one, other) => (one.place < other.place ? -1 : one.place > other.place ? 1 : 0));
  return [...numbered.map(({ participant }) => participant), ...others];
}
