import type { Clock } from '../../clock.ts';
import type { Credentials } from '../../identity/sign-request.ts';
import type { EventEnvelope } from '../event-envelope.ts';
import type { EventTarget, Outcome, OutgoingEvent } from '../event-target.ts';
import { type BatchEntry, sendBatch } from './aws-batch.ts';
import { AwsJsonClient } from './aws-json.ts';

export interface EventBusSettings {
  readonly name: string;
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** Name or ARN; undefined: the default one. */
  readonly eventBusName: string | undefined;
  /** Of all events; undefined: each one's own. */
  readonly source: string | undefined;
  /** Where the event as it was is put in `detail`; undefined: nowhere. */
  readonly envelopeKey: string | undefined;
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
type PutEventsEntry = {
  Source: string;
  DetailType: string;
  Detail: string;
  Resources: readonly string[];
  /** Seconds since 1970. */
  Time: number;
  EventBusName?: string;
};

/** An entry that was taken has an EventId, another one the reason. */
type PutEventsAnswer = { Entries?: { ErrorCode?: string; ErrorMessage?: string }[] };

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html, "Retryable errors" */
const passing = /^(Internal(Failure|Exception|Error)|Throttling(Exception)?|ServiceUnavailable(Exception)?)$/;
const MAXIMUM_REASON_LENGTH = 200;

/** Puts events on the bus of Amazon EventBridge, or of whoever else takes `PutEvents`. */
export class EventBus implements EventTarget {
  readonly name: string;
  readonly batchSize = 10;
  readonly #settings: EventBusSettings;
  readonly #client: AwsJsonClient;

  constructor(settings: EventBusSettings, clock: Clock) {
    const { name, endpoint, region, credentials } = settings;
    this.name = name;
    this.#settings = settings;
    this.#client = new AwsJsonClient(
      {
        endpoint: new URL(endpoint),
        region,
        credentials,
        service: 'events',
        targetPrefix: 'AWSEvents',
        protocolVersion: '1.1',
      },
      clock,
    );
  }

  deliver(events: readonly OutgoingEvent[], signal: AbortSignal): Promise<Outcome[]> {
    const batch = events.map((event) => this.#toEntry(event));
    return sendBatch(batch, async (entries) => {
      const { Entries = [] } = (await this.#client.call('PutEvents', { Entries: entries }, signal)) as PutEventsAnswer;
      return entries.map((_, index) => outcomeOf(Entries[index]));
    });
  }

  close(): void {
    this.#client.close();
  }

  #toEntry({ json }: OutgoingEvent): BatchEntry<PutEventsEntry> {
    const { source, envelopeKey, eventBusName } = this.#settings;
    const envelope: EventEnvelope = JSON.parse(json);
    const { detail, resources, time } = envelope;
    const entry = {
      Source: source ?? envelope.source,
      DetailType: envelope['detail-type'],
      Detail: JSON.stringify(envelopeKey === undefined ? detail : { ...detail, [envelopeKey]: envelope }),
      Resources: resources,
      Time: new Date(time).getTime() / 1_000,
      ...(eventBusName !== undefined && { EventBusName: eventBusName }),
    };
    return { entry, sizeBytes: Buffer.byteLength(JSON.stringify(entry)) };
  }
}

function outcomeOf(result: { ErrorCode?: string; ErrorMessage?: string } | undefined): Outcome {
  if (result === undefined) return { failed: 'No answer for this event' };
  const { ErrorCode: code, ErrorMessage: message } = result;
  if (!code) return 'delivered';
  if (passing.test(code)) return { failed: code };
  return { refused: [code, ...(message ? [message] : [])].join(': ').slice(0, MAXIMUM_REASON_LENGTH) };
}
