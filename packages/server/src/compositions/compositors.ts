import type { EventEmitter } from 'node:events';
import type { CompositionEvents, CompositionOptions, Composition as MediaComposition } from '@proscenium/media';

/** A picture and a sound that are made of a stage's publishers. */
export interface Composition
  extends Pick<EventEmitter<CompositionEvents>, 'on'>,
    Pick<MediaComposition, 'setParticipants' | 'endDestination' | 'stop'> {}

/** Whatever composes. */
export interface Compositors {
  /** @throws an error with the code `NO_CAPACITY` when the machine has no room for another one */
  compose(options: CompositionOptions): Promise<Composition>;
}
