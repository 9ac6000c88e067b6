import type { Scope } from '@proscenium/model';
import type { DetailType, ServiceEvent } from '../events/service-event.ts';
import { channelTable } from './channel-table.ts';

export type StreamStateChange = 'Session Created' | 'Stream Start' | 'Stream End' | 'Session Ended';
export type StreamHealthChange = 'Starvation Start' | 'Starvation End';

/** Whose event it is. */
export interface StreamOfChannel {
  readonly scope: Scope;
  readonly channel: { readonly id: string; readonly name: string };
  readonly streamId: string;
}

/**
 * What others are told, in the form in which it goes out.
 * https://docs.aws.amazon.com/ivs/latest/LowLatencyUserGuide/eventbridge.html
 */
export function streamEvent(
  { scope, channel, streamId }: StreamOfChannel,
  name: StreamStateChange | StreamHealthChange,
  time: Date,
): ServiceEvent {
  const detailType: DetailType = name.startsWith('Starvation') ? 'IVS Stream Health Change' : 'IVS Stream State Change';
  return {
    scope,
    detailType,
    resourceArn: channelTable.arn(scope, channel),
    time,
    detail: { event_name: name, channel_name: channel.name, stream_id: streamId },
  };
}
