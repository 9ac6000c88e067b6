import type { Clock } from '../../clock.ts';
import type { Credentials } from '../../identity/sign-request.ts';
import type { EventTarget, Outcome, OutgoingEvent } from '../event-target.ts';
import { sendBatch } from './aws-batch.ts';
import { AwsJsonClient } from './aws-json.ts';

export interface QueueSettings {
  readonly name: string;
  readonly queueUrl: string;
  readonly region: string;
  readonly credentials: Credentials;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatchRequestEntry.html */
type SendMessageEntry = { Id: string; MessageBody: string; MessageGroupId?: string; MessageDeduplicationId?: string };

type SendMessageBatchAnswer = {
  Successful?: { Id: string }[];
  Failed?: { Id: string; Code?: string; SenderFault?: boolean }[];
};

/** Sends events to a queue of Amazon SQS, or of whoever else takes `SendMessageBatch` in JSON. */
export class Queue implements EventTarget {
  readonly name: string;
  readonly batchSize = 10;
  readonly #queueUrl: string;
  readonly #client: AwsJsonClient;

  constructor({ name, queueUrl, region, credentials }: QueueSettings, clock: Clock) {
    this.name = name;
    this.#queueUrl = queueUrl;
    this.#client = new AwsJsonClient(
      {
        endpoint: new URL('/', queueUrl),
        region,
        credentials,
        service: 'sqs',
        targetPrefix: 'AmazonSQS',
        protocolVersion: '1.0',
      },
      clock,
    );
  }

  deliver(events: readonly OutgoingEvent[], signal: AbortSignal): Promise<Outcome[]> {
    const isFifo = this.#queueUrl.endsWith('.fifo');
    const batch = events.map(({ id, resourceArn, json }) => ({
      // A FIFO queue keeps the order of a group, and forgets what comes again within five minutes.
      entry: { Id: id, MessageBody: json, ...(isFifo && { MessageGroupId: resourceArn, MessageDeduplicationId: id }) },
      sizeBytes: Buffer.byteLength(json),
    }));
    return sendBatch<SendMessageEntry>(batch, async (entries) => {
      const input = { QueueUrl: this.#queueUrl, Entries: entries };
      const answer = (await this.#client.call('SendMessageBatch', input, signal)) as SendMessageBatchAnswer;
      return entries.map(({ Id }) => outcomeOf(Id, answer));
    });
  }

  close(): void {
    this.#client.close();
  }
}

/** Told as the sender's fault, but it passes. */
const throttled = /Thrott/;

function outcomeOf(id: string, { Successful = [], Failed = [] }: SendMessageBatchAnswer): Outcome {
  if (Successful.some(({ Id }) => Id === id)) return 'delivered';
  const { Code: code = 'No answer for this event', SenderFault: refused = false } =
    Failed.find(({ Id }) => Id === id) ?? {};
  return refused && !throttled.test(code) ? { refused: code } : { failed: code };
}
