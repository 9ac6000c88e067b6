/** The pending deliveries about one resource, by row number, oldest first. */
export interface Lane {
  readonly resourceArn: string;
  readonly seqs: number[];
  /** Attempts in a row at the first one. */
  failures: number;
}

/**
 * What is pending for one target, in a lane for each resource. At most the first delivery of a lane is under way, and lanes
 * take turns: one that was let go comes after those that have waited longer.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  /** Those whose first delivery may go. */
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
    this.#size += 1;
    const lane = this.#lanes.get(resourceArn);
    if (lane) {
      lane.seqs.push(seq);
    } else {
      const created: Lane = { resourceArn, seqs: [seq], failures: 0 };
      this.#lanes.set(resourceArn, created);
      this.#ready.add(created);
    }
  }

  /** Lanes that are nobody else's until they are let go. */
  take(count: number): Lane[] {
    const taken = [...this.#ready.keys().take(count)];
    for (const lane of taken) this.#ready.delete(lane);
    return taken;
  }

  /** Gives back a lane that was taken. */
  letGo(lane: Lane): void {
    if (lane.seqs.length > 0) this.#ready.add(lane);
    else this.#lanes.delete(lane.resourceArn);
  }

  /** The delivery has come to its end. A lane that is taken stays so. */
  remove(seq: number, resourceArn: string): void {
    const lane = this.#lanes.get(resourceArn);
    const index = lane?.seqs.indexOf(seq) ?? -1;
    if (!lane || index === -1) return;
    lane.seqs.splice(index, 1);
    this.#size -= 1;
    if (lane.seqs.length === 0 && this.#ready.delete(lane)) this.#lanes.delete(resourceArn);
  }
}
