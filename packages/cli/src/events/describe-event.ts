import type { ShownEvent } from './event-calls.ts';

/** An event in one line for people: when, what, on which resource, who. */
export function describeEvent({ time, resources, detail, 'detail-type': type }: ShownEvent): string {
  const resource = resources[0]?.replace(/^.*:/, '') ?? '';
  const who = [detail.participant_id, detail.user_id].filter((each) => typeof each === 'string' && each !== '');
  const what = typeof detail.event_name === 'string' ? detail.event_name : type;
  return [time, what, resource, ...who].join('  ');
}
