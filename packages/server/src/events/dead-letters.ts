import { formatTimestamp, type Scope, ValidationException } from '@proscenium/model';
import type { Clock } from '../clock.ts';
import type { PageTokens } from '../pagination/page-tokens.ts';
import { type PageRequest, readPage } from '../pagination/read-page.ts';
import type { Store } from '../store/store.ts';
import { type DeadLetter, listDeadLetters, requeueDeadLetters } from './dead-letter-table.ts';
import type { EventEnvelope } from './event-envelope.ts';
import type { ReplayOrder } from './event-requests.ts';
import type { Outbox } from './outbox.ts';

/** Dead letters that are set on their way again by one call. */
const REPLAYED_AT_ONCE = 1_000;

export interface DeadLettersParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly pageTokens: PageTokens;
}

/** A dead letter as it is shown. */
export type ShownDeadLetter = { target: string; time: string; reason: string; event: EventEnvelope };

/** Deliveries that were given up, for whoever wants to know why, and try again. */
export class DeadLetters {
  readonly #parts: DeadLettersParts;

  constructor(parts: DeadLettersParts) {
    this.#parts = parts;
  }

  /** Newest first. @throws ValidationException for a wrong token */
  async list(
    scope: Scope,
    { target, ...request }: PageRequest & { target?: string },
  ): Promise<{ deadLetters: ShownDeadLetter[]; nextToken?: string }> {
    const { store, pageTokens } = this.#parts;
    const filter = { targets: target === undefined ? undefined : [target] };
    const listing = { operation: 'ListDeadLetters', scope, filters: [target] } as const;
    const { rows, ...next } = await readPage(pageTokens, listing, request, (slice) =>
      listDeadLetters(store.db, scope, filter, slice),
    );
    return { deadLetters: rows.map(show), ...next };
  }

  /**
   * Sets dead letters on their way again, the oldest first: up to a thousand, of targets that there are.
   *
   * @returns how many
   * @throws ValidationException when there is no such target
   */
  async replay(scope: Scope, { target, eventIds }: ReplayOrder): Promise<number> {
    const { store, clock, outbox } = this.#parts;
    const { targets } = outbox;
    if (target !== undefined && !targets.includes(target)) throw new ValidationException('There is no such target');
    if (targets.length === 0) return 0;
    const filter = { targets: target === undefined ? targets : [target], eventIds };
    return store.write(async (trx) => {
      const replayed = await requeueDeadLetters(trx, scope, filter, { limit: REPLAYED_AT_ONCE, now: clock.now() });
      outbox.tell();
      return replayed;
    });
  }
}

function show({ target, time, reason, envelopeJson }: DeadLetter): ShownDeadLetter {
  return { target, time: formatTimestamp(time), reason, event: JSON.parse(envelopeJson) };
}
