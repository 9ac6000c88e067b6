import type { ServiceEvent } from './service-event.ts';

/** One of many things that happen to a stage. */
export function happening(stage: string, number: number): ServiceEvent {
  return {
    scope: { account: '123456789012', region: 'us-west-2' },
    detailType: 'IVS Stage Update',
    resourceArn: `arn:aws:ivs:us-west-2:123456789012:stage/${stage}`,
    time: new Date('2026-11-21T20:01:03Z'),
    detail: { event_name: 'Participant Published', number },
  };
}
