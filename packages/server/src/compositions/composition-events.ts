import type { Scope } from '@proscenium/model';
import type { ServiceEvent } from '../events/service-event.ts';
import { stages } from '../stages/stage-table.ts';
import { type CompositionRecord, compositions } from './composition-table.ts';
import type { CompositionEvent } from './life-cycle.ts';

/**
 * What others are told, in the form in which it goes out.
 * https://docs.aws.amazon.com/ivs/latest/RealTimeUserGuide/eventbridge.html
 */
export function compositionStateChange(
  scope: Scope,
  composition: CompositionRecord,
  event: CompositionEvent,
  time: Date,
): ServiceEvent {
  return {
    scope,
    detailType: 'IVS Composition State Change',
    resourceArn: compositions.arn(scope, composition),
    time,
    detail: {
      event_name: event.name,
      stage_arn: stages.arn(scope, { id: composition.stageId }),
      ...('destinationId' in event && { id: event.destinationId }),
      ...('errorCode' in event && { error_code: event.errorCode, reason: event.reason }),
    },
  };
}
