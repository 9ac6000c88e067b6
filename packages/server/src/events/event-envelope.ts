import type { DetailType, ServiceEvent } from './service-event.ts';

/** An event as it goes out: the JSON that Amazon EventBridge hands to its targets. */
export interface EventEnvelope {
  readonly version: '0';
  /** A UUID, the same however often the event is delivered. */
  readonly id: string;
  readonly 'detail-type': DetailType;
  readonly source: string;
  /** Twelve digits. */
  readonly account: string;
  /** UTC, in whole seconds. */
  readonly time: string;
  readonly region: string;
  /** One ARN. */
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export function toEnvelope({ scope, detailType, resourceArn, time, detail }: ServiceEvent, id: string): EventEnvelope {
  return {
    version: '0',
    id,
    'detail-type': detailType,
    // What Amazon IVS does not tell does not come in its name.
    source: detailType.startsWith('IVS ') ? 'aws.ivs' : 'proscenium.ivs',
    account: scope.account,
    time: `${time.toISOString().slice(0, 19)}Z`,
    region: scope.region,
    resources: [resourceArn],
    detail,
  };
}
