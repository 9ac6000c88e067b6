import type { Outcome } from '../event-target.ts';
import { AwsCallRefused } from './aws-json.ts';
import { failureText } from './http-client.ts';

/** One event as an entry of a batch. */
export interface BatchEntry<Entry> {
  readonly entry: Entry;
  readonly sizeBytes: number;
}

/** What both EventBridge and SQS take at a time, altogether. */
const MAXIMUM_BATCH_BYTES = 262_144;

/** Error codes of calls that say that the entries are wrong: everything else may be put right, or pass. */
const wrongEntries: ReadonlySet<string> = new Set([
  'ValidationException',
  'ValidationError',
  'InvalidParameterValue',
  'InvalidMessageContents',
  'BatchRequestTooLong',
  'AWS.SimpleQueueService.BatchRequestTooLong',
]);

/**
 * Sends entries by one call, or by two with a half each where they are too large together or are refused together: one that
 * cannot be sent takes no others along.
 *
 * @param send resolves with an outcome for each entry, in their order
 */
export async function sendBatch<Entry>(
  batch: readonly BatchEntry<Entry>[],
  send: (entries: readonly Entry[]) => Promise<Outcome[]>,
): Promise<Outcome[]> {
  const sizeBytes = batch.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  if (batch.length > 1 && sizeBytes > MAXIMUM_BATCH_BYTES) return sendHalves(batch, send);
  try {
    return await send(batch.map(({ entry }) => entry));
  } catch (error) {
    if (!(error instanceof AwsCallRefused)) return batch.map(() => ({ failed: failureText(error) }));
    if (!isOfEntries(error)) return batch.map(() => ({ failed: error.code }));
    return batch.length > 1 ? sendHalves(batch, send) : [{ refused: error.code }];
  }
}

async function sendHalves<Entry>(...[batch, send]: Parameters<typeof sendBatch<Entry>>): Promise<Outcome[]> {
  const middle = Math.ceil(batch.length / 2);
  return [...(await sendBatch(batch.slice(0, middle), send)), ...(await sendBatch(batch.slice(middle), send))];
}

function isOfEntries({ status, code }: AwsCallRefused): boolean {
  return status === 413 || wrongEntries.has(code);
}
