import type { CompositionState, DestinationState } from '@proscenium/model';
import type { DestinationEnd, DestinationErrorCode, DestinationReport } from './composition-media.ts';
import type { CompositionRecord, DestinationRecord } from './composition-table.ts';

/** What can happen to a composition. */
export type Happening =
  | { readonly type: 'report'; readonly report: DestinationReport }
  /** It shall end: somebody wishes it, nobody publishes, or its time is up. */
  | { readonly type: 'stop' }
  /** Its media has ended as it was told to. */
  | { readonly type: 'mediaEnded' }
  /** Its media cannot be started or ended. */
  | { readonly type: 'mediaBroken' }
  /** The server has stopped, and with it the media, and runs again. */
  | { readonly type: 'interrupted' }
  | { readonly type: 'stageDeleted' };

/** What others are told. */
export type CompositionEvent =
  | { readonly name: 'Session Start' | 'Session End' }
  | { readonly name: 'Session Failure'; readonly errorCode: SessionErrorCode; readonly reason: string }
  | {
      readonly name: 'Destination Start' | 'Destination End' | 'Destination Reconnecting';
      readonly destinationId: string;
    }
  | {
      readonly name: 'Destination Failure';
      readonly destinationId: string;
      readonly errorCode: DestinationErrorCode;
      readonly reason: string;
    };

type SessionErrorCode = 'StageDeleted' | 'DestinationFailure' | 'InternalServerException';

/** What became of a composition, and what there is to tell of it, in order. */
export type Step = { readonly composition: CompositionRecord; readonly events: readonly CompositionEvent[] };

const sessionFailures: Readonly<Record<SessionErrorCode, string>> = {
  StageDeleted: 'Stage has been deleted',
  DestinationFailure: 'One or more outputs failed',
  InternalServerException: 'Service internal error',
};

const stopped: DestinationEnd = { state: 'STOPPED' };
const broken: DestinationEnd = {
  state: 'FAILED',
  errorCode: 'InternalServerException',
  reason: sessionFailures.InternalServerException,
};

/** Whether nothing more can happen to it. */
export function hasEnded({ state }: { state: CompositionState | DestinationState }): boolean {
  return state === 'STOPPED' || state === 'FAILED';
}

/**
 * The rules by which compositions and their destinations go from state to state.
 *
 * A composition ends once, when its last destination does, and so does each destination. What has ended stays as it is.
 *
 * @returns the same composition when nothing changes
 */
export function advance(composition: CompositionRecord, happening: Happening, now: Date): Step {
  if (hasEnded(composition)) return silent(composition);
  switch (happening.type) {
    case 'report':
      return takeReport(composition, happening.report, now);
    case 'stop':
      return stop(composition);
    case 'mediaEnded':
      return endByDestinations(endDestinations(composition, stopped, now), now);
    case 'mediaBroken':
      return fail(endDestinations(composition, broken, now), 'InternalServerException', now);
    case 'interrupted':
      return interrupt(composition);
    case 'stageDeleted':
      // One that is ending already ends as it was to.
      if (composition.state === 'STOPPING') return silent(composition);
      return fail(endDestinations(composition, stopped, now), 'StageDeleted', now);
  }
}

function takeReport(composition: CompositionRecord, report: DestinationReport, now: Date): Step {
  const destination = composition.destinations.find(({ id }) => id === report.destinationId);
  if (destination === undefined || hasEnded(destination)) return silent(composition);
  switch (report.state) {
    case 'ACTIVE':
      return activate(composition, destination, now);
    case 'RECONNECTING':
      return reconnect(composition, destination);
    case 'STOPPED':
    case 'FAILED':
      return endByDestinations(endDestination(silent(composition), destination, report, now), now);
  }
}

/** The first destination to start starts the session. What is about to end starts no more. */
function activate(composition: CompositionRecord, destination: DestinationRecord, now: Date): Step {
  if (destination.state === 'RECONNECTING') {
    return silent(withDestination(composition, { ...destination, state: 'ACTIVE' }));
  }
  if (destination.state !== 'STARTING') return silent(composition);
  const events: CompositionEvent[] = [{ name: 'Destination Start', destinationId: destination.id }];
  if (composition.state === 'STARTING') events.push({ name: 'Session Start' });
  const started = withDestination(composition, { ...destination, state: 'ACTIVE', startTime: now });
  return { composition: { ...started, state: 'ACTIVE' }, events };
}

function reconnect(composition: CompositionRecord, destination: DestinationRecord): Step {
  if (destination.state !== 'ACTIVE') return silent(composition);
  return {
    composition: withDestination(composition, { ...destination, state: 'RECONNECTING' }),
    events: [{ name: 'Destination Reconnecting', destinationId: destination.id }],
  };
}

function interrupt(composition: CompositionRecord): Step {
  return composition.destinations.reduce<Step>((step, destination) => {
    const next = reconnect(step.composition, destination);
    return { composition: next.composition, events: [...step.events, ...next.events] };
  }, silent(composition));
}

function stop(composition: CompositionRecord): Step {
  if (composition.state === 'STOPPING') return silent(composition);
  const destinations = composition.destinations.map((destination) =>
    hasEnded(destination) ? destination : { ...destination, state: 'STOPPING' as const },
  );
  return silent({ ...composition, state: 'STOPPING', destinations });
}

function endDestinations(composition: CompositionRecord, end: DestinationEnd, now: Date): Step {
  return composition.destinations
    .filter((destination) => !hasEnded(destination))
    .reduce((step, destination) => endDestination(step, destination, end, now), silent(composition));
}

function endDestination(step: Step, destination: DestinationRecord, end: DestinationEnd, now: Date): Step {
  const { id: destinationId } = destination;
  const { state } = end;
  const event: CompositionEvent =
    end.state === 'STOPPED'
      ? { name: 'Destination End', destinationId }
      : { name: 'Destination Failure', destinationId, errorCode: end.errorCode, reason: end.reason };
  return {
    composition: withDestination(step.composition, { ...destination, state, endTime: now }),
    events: [...step.events, event],
  };
}

/** Ends a composition whose destinations have all ended: normally, if only one of them did. */
function endByDestinations(step: Step, now: Date): Step {
  const { composition, events } = step;
  if (!composition.destinations.every(hasEnded)) return step;
  if (composition.destinations.every(({ state }) => state === 'FAILED')) return fail(step, 'DestinationFailure', now);
  return {
    composition: { ...composition, state: 'STOPPED', endTime: now },
    events: [...events, { name: 'Session End' }],
  };
}

function fail({ composition, events }: Step, errorCode: SessionErrorCode, now: Date): Step {
  return {
    composition: { ...composition, state: 'FAILED', endTime: now },
    events: [...events, { name: 'Session Failure', errorCode, reason: sessionFailures[errorCode] }],
  };
}

function withDestination(composition: CompositionRecord, changed: DestinationRecord): CompositionRecord {
  const destinations = composition.destinations.map((other) => (other.id === changed.id ? changed : other));
  return { ...composition, destinations };
}

/** Nothing to tell of it. */
function silent(composition: CompositionRecord): Step {
  return { composition, events: [] };
}
