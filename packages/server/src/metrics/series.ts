import type { Labels } from './metric.ts';

/** Label values come from lists that are ours, so that this is never reached unless one of them is not. */
const MAXIMUM_SERIES = 1_000;

/** What is kept for each set of labels, of which there are only so many. */
export class Series<State> {
  readonly #create: () => State;
  readonly #maximum: number;
  readonly #states = new Map<string, { readonly labels: Labels; readonly state: State }>();
  readonly #refused = new Set<string>();

  constructor(create: () => State, maximum = MAXIMUM_SERIES) {
    this.#create = create;
    this.#maximum = maximum;
  }

  /** Sets of labels that came when there was no room; no more than there is room for are remembered. */
  get dropped(): number {
    return this.#refused.size;
  }

  /** @returns undefined when there is no room for another set */
  of(labels: Labels): State | undefined {
    const key = Object.values(labels).join('\0');
    const existing = this.#states.get(key);
    if (existing) return existing.state;
    if (this.#states.size >= this.#maximum) {
      if (this.#refused.size < this.#maximum) this.#refused.add(key);
      return undefined;
    }
    const state = this.#create();
    this.#states.set(key, { labels, state });
    return state;
  }

  entries(): { readonly labels: Labels; readonly state: State }[] {
    return [...this.#states.values()];
  }
}
