import type { CompositionRecord, DestinationRecord } from './composition-table.ts';
import { fillLayoutSettings } from './layout-settings.ts';

export const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdefABCDEF';

/** A composition that has just begun, with these destinations. */
export function compositionRecord(...destinationIds: string[]): CompositionRecord {
  return {
    id: 'CompAAAA0001',
    name: '',
    tags: {},
    stageId: 'Fr1dayShow01',
    state: 'STARTING',
    layout: fillLayoutSettings(),
    destinations: destinationIds.map(
      (id): DestinationRecord => ({ id, state: 'STARTING', settings: { name: '', channel: { channelArn } } }),
    ),
    startTime: new Date('2026-11-21T20:05:00.123Z'),
  };
}
