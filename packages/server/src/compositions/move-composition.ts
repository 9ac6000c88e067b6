import type { Scope } from '@proscenium/model';
import type { EventLog } from '../events/service-event.ts';
import type { Database } from '../store/store.ts';
import { compositionStateChange } from './composition-events.ts';
import { type CompositionRecord, compositions } from './composition-table.ts';
import { advance, type Happening } from './life-cycle.ts';

/**
 * Writes down what a happening makes of a composition, and the events that tell of it, as part of a transaction.
 *
 * @returns the composition as it is now; undefined for none
 */
export async function moveComposition(
  trx: Database,
  log: EventLog,
  { scope, id }: { scope: Scope; id: string },
  { happening, time }: { happening: Happening; time: Date },
): Promise<CompositionRecord | undefined> {
  const before = await compositions.find(trx, scope, id);
  if (before === undefined) return undefined;
  const { composition, events } = advance(before, happening, time);
  if (composition !== before) await compositions.update(trx, scope, composition);
  await log.record(trx, ...events.map((event) => compositionStateChange(scope, composition, event, time)));
  return composition;
}
