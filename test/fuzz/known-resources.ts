import type { OperationName } from '@proscenium/model';

/** A participant that has been in a stage, as history calls name it. */
export type KnownParticipant = { stageArn: string; sessionId: string; participantId: string };

/** A value that only the server can give out: chosen when the request is made. */
export type Later = (known: KnownResources) => unknown;

/** How many of a kind are chosen from: the newest, since those are the likeliest to be still there. */
const choice = 6;
/** How many of a kind are remembered. */
const memory = 100;

/** What the server has handed out so far, for later requests to name. */
export class KnownResources {
  readonly #participants: readonly KnownParticipant[];
  readonly #arns = new Map<string, string[]>();
  readonly #pageTokens = new Map<OperationName, string[]>();

  /** @param participants whose stages are spared: no request deletes them */
  constructor(participants: readonly KnownParticipant[]) {
    this.#participants = participants;
  }

  participant(pick: number): KnownParticipant {
    const participant = this.#participants[pick % this.#participants.length];
    if (participant === undefined) throw new Error('No participant is known');
    return participant;
  }

  /** @param resourceType undefined for whichever */
  arn(resourceType: string | undefined, pick: number): string | undefined {
    const types = [...this.#arns.keys()];
    return newest(this.#arns.get(resourceType ?? types[pick % types.length] ?? ''), pick);
  }

  pageToken(operation: OperationName, pick: number): string | undefined {
    return newest(this.#pageTokens.get(operation), pick);
  }

  /** Takes in what an answer tells: the ARNs of resources, at any depth, and the token of the next page. */
  learn(operation: OperationName, body: unknown): void {
    for (const [name, value] of textMembers(body)) {
      if (name === 'nextToken') keep(this.#pageTokens, operation, value);
      const resourceType = /^arn:aws:ivs:[^:]+:\d+:([a-z-]+)\//.exec(value)?.[1];
      const spared = this.#participants.some(({ stageArn }) => stageArn === value);
      if (name === 'arn' && resourceType !== undefined && !spared) keep(this.#arns, resourceType, value);
    }
  }

  /** What was deleted is chosen no more. */
  forget(arn: string): void {
    for (const arns of this.#arns.values()) {
      if (arns.includes(arn)) arns.splice(arns.indexOf(arn), 1);
    }
  }
}

/** The value with everything chosen that was left for later. */
export function settle<Value>(value: Value, known: KnownResources): Value;
export function settle(value: unknown, known: KnownResources): unknown {
  if (typeof value === 'function') return settle(value(known), known);
  if (Array.isArray(value)) return value.map((item) => settle(item, known));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, settle(member, known)]));
}

function keep<Kind>(lists: Map<Kind, string[]>, kind: Kind, value: string): void {
  const others = (lists.get(kind) ?? []).filter((each) => each !== value);
  lists.set(kind, [...others, value].slice(-memory));
}

function newest(values: readonly string[] = [], pick: number): string | undefined {
  return values.at(-1 - (pick % Math.min(choice, values.length)));
}

function* textMembers(value: unknown): Iterable<[name: string, text: string]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'string') yield [name, member];
    else yield* textMembers(member);
  }
}
