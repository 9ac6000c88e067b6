import { randomUUID } from 'node:crypto';
import type { Database } from '../store/store.ts';
import { toEnvelope } from './event-envelope.ts';
import type { EventLog, ServiceEvent } from './service-event.ts';

/** The events that the store keeps. */
export class Outbox implements EventLog {
  async record(trx: Database, ...events: ServiceEvent[]): Promise<void> {
    const rows = events.map((event) => {
      const envelope = toEnvelope(event, randomUUID());
      const { id, account, region } = envelope;
      return { id, account, region, envelope_json: JSON.stringify(envelope) };
    });
    if (rows.length > 0) await trx.insertInto('events').values(rows).execute();
  }
}
