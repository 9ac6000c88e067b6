import type {
  Composition,
  CompositionSummary,
  Destination,
  DestinationConfiguration,
  DestinationSummary,
  LayoutConfiguration,
  Scope,
} from '@proscenium/model';
import { stages } from '../stages/stage-table.ts';
import { recordingPrefix } from './composition-order.ts';
import { type CompositionRecord, compositions, type DestinationRecord } from './composition-table.ts';

export function toComposition(scope: Scope, composition: CompositionRecord): Composition {
  return {
    ...toSummary(scope, composition),
    // No fill mode is written as an empty string, which is none of the values that a request may have.
    layout: composition.layout as LayoutConfiguration,
    destinations: composition.destinations.map((destination) => toDestination(composition, destination)),
  };
}

export function toSummary(scope: Scope, composition: CompositionRecord): CompositionSummary {
  const { stageId, state, destinations, tags, startTime, endTime } = composition;
  return {
    arn: compositions.arn(scope, composition),
    stageArn: stages.arn(scope, { id: stageId }),
    destinations: destinations.map(toDestinationSummary),
    state,
    tags,
    startTime,
    endTime,
  };
}

function toDestination(composition: CompositionRecord, destination: DestinationRecord): Destination {
  const { settings } = destination;
  return {
    ...toDestinationSummary(destination),
    configuration: settings satisfies DestinationConfiguration,
    ...(settings.s3 && { detail: { s3: { recordingPrefix: recordingPrefix(composition, destination) } } }),
  };
}

function toDestinationSummary({ id, state, startTime, endTime }: DestinationRecord): DestinationSummary {
  return { id, state, startTime, endTime };
}
