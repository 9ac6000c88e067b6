/** What somebody wants to see of the events. Blank: everything. */
export interface EventFilter {
  readonly detailType: string;
  readonly eventName: string;
  readonly stageArn: string;
}

export const everything: EventFilter = { detailType: '', eventName: '', stageArn: '' };

export const detailTypes = [
  'IVS Stage Update',
  'IVS Participant Recording State Change',
  'IVS Composition State Change',
  'Proscenium Participant Update',
  'Proscenium Stage Activity',
] as const;

/** The same as a pattern of the stream (docs/events.md). */
export function patternOf({ detailType, eventName, stageArn }: EventFilter): object {
  const name = eventName.trim();
  return {
    ...(detailType && { 'detail-type': [detailType] }),
    ...(stageArn && { resources: [stageArn] }),
    ...(name && { detail: { event_name: [{ prefix: name }] } }),
  };
}
