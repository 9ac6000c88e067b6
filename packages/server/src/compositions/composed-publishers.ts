import { isDeepStrictEqual } from 'node:util';
import type { ComposedPublication, Publication } from '@proscenium/media';
import { type LiveStageEvents, type LiveStages, type StageRef, stageKey } from '../participants/live-stages.ts';

/** What compositions ask of the stages. */
export interface ComposedStages extends Pick<LiveStages, 'on' | 'off' | 'publishers'> {
  /** Undefined unless its media flows. */
  publisher(
    stage: StageRef,
    participantId: string,
  ): { readonly publication: Publication | undefined; readonly claims: Attributed } | undefined;
}

type Attributed = { readonly attributes: Readonly<Record<string, string>> };

/** Follows who publishes into a stage, with the attributes that they have at the moment, by arrival. */
export class ComposedPublishers {
  readonly #live: ComposedStages;
  readonly #stage: StageRef;
  readonly #onChanged: (publishers: readonly ComposedPublication[]) => void;
  #publishers: readonly ComposedPublication[] = [];

  /** @param onChanged called with all of them: at once if there are any, and with every change */
  constructor(live: ComposedStages, stage: StageRef, onChanged: (publishers: readonly ComposedPublication[]) => void) {
    this.#live = live;
    this.#stage = stage;
    this.#onChanged = onChanged;
    live.on('published', this.#changed);
    live.on('unpublished', this.#changed);
    live.on('changed', this.#changed);
    this.#look();
  }

  close(): void {
    this.#live.off('published', this.#changed);
    this.#live.off('unpublished', this.#changed);
    this.#live.off('changed', this.#changed);
  }

  readonly #changed = (...[stage]: LiveStageEvents['published']): void => {
    if (stageKey(stage) === stageKey(this.#stage)) this.#look();
  };

  #look(): void {
    const present = this.#live.publishers(this.#stage).flatMap((participantId) => this.#find(participantId));
    const stayed = this.#publishers.flatMap((earlier) => present.filter((each) => isSame(each, earlier)));
    const publishers = [...stayed, ...present.filter((each) => !stayed.includes(each))];
    if (isSameList(publishers, this.#publishers)) return;
    this.#publishers = publishers;
    this.#onChanged(publishers);
  }

  #find(participantId: string): ComposedPublication[] {
    const { publication, claims } = this.#live.publisher(this.#stage, participantId) ?? {};
    if (publication === undefined || claims === undefined) return [];
    return [{ participantId, publication, attributes: claims.attributes }];
  }
}

/** Who publishes anew arrives anew. */
function isSame(one: ComposedPublication, other: ComposedPublication): boolean {
  return one.publication === other.publication;
}

function isSameList(list: readonly ComposedPublication[], earlier: readonly ComposedPublication[]): boolean {
  if (list.length !== earlier.length) return false;
  return list.every((each, index) => {
    const before = earlier[index];
    return before && isSame(each, before) && isDeepStrictEqual(each.attributes, before.attributes);
  });
}
