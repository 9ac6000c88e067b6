import { Lane } from './lane.ts';

/** A lane that was taken, with the delivery that may go. */
export type Turn = { readonly lane: Lane; readonly seq: number };

/**
 * What is pending for one target, in a lane for each resource. At most the first delivery of a lane is under way, and lanes
 * take turns: one that was let go comes after those that have waited longer.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  /** Those that nobody holds. */
  readonly #ready = new Set<Lane>();
  #size = 0;

  /** Deliveries in all lanes. */
  get size(): number {
    return this.#size;
  }

  get hasReady(): boolean {
    return this.#ready.size > 0;
  }

  /** To be called in the order of row numbers. */
  add(seq: number, resourceArn: string): void {
    let lane = this.#lanes.get(resourceArn);
    if (!lane) {
      lane = new Lane(resourceArn);
      this.#lanes.set(resourceArn, lane);
      this.#ready.add(lane);
    }
    lane.add(seq);
    this.#size += 1;
  }

  /** Lanes whose first delivery nobody else takes until they are let go. */
  take(count: number): Turn[] {
    const turns: Turn[] = [];
    for (const lane of this.#ready.keys().take(count)) {
      if (lane.first !== undefined) turns.push({ lane, seq: lane.first });
    }
    for (const { lane } of turns) this.#hold(lane);
    return turns;
  }

  /** Nothing more of these resources goes until the lanes are let go. What is under way stays so. */
  hold(resourceArns: Iterable<string>): Lane[] {
    const held: Lane[] = [];
    for (const resourceArn of new Set(resourceArns)) {
      const lane = this.#lanes.get(resourceArn);
      if (lane) held.push(lane);
    }
    for (const lane of held) this.#hold(lane);
    return held;
  }

  /** To be called once by everybody who has taken or held it. */
  letGo(lane: Lane): void {
    lane.holders -= 1;
    if (lane.holders > 0) return;
    if (lane.size > 0) this.#ready.add(lane);
    else this.#lanes.delete(lane.resourceArn);
  }

  /** Deliveries of a lane that the caller holds have come to their end. */
  remove(lane: Lane, seqs: ReadonlySet<number>): void {
    this.#size -= lane.remove(seqs);
  }

  #hold(lane: Lane): void {
    lane.holders += 1;
    this.#ready.delete(lane);
  }
}
