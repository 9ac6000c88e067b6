import type { EndedSpan, SpanAttributes, SpanKind } from './span.ts';

/** https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
const kinds: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2 };
const STATUS_UNSET = 0;
const STATUS_ERROR = 2;

/** The JSON form of an `ExportTraceServiceRequest`: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export function writeTraceRequest(spans: readonly EndedSpan[], resource: SpanAttributes): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributeList(resource) },
        scopeSpans: [{ scope: { name: 'proscenium' }, spans: spans.map(writeSpan) }],
      },
    ],
  });
}

/**
 * How many spans were refused of those that were taken on the whole:
 * https://opentelemetry.io/docs/specs/otlp/#partial-success-1
 *
 * @param answer in JSON; empty or in another form it says nothing of refusals
 */
export function readRejectedSpans(answer: string): number {
  const rejected = Number(/"rejectedSpans"\s*:\s*"?(\d+)/.exec(answer)?.[1]);
  return Number.isSafeInteger(rejected) ? rejected : 0;
}

function writeSpan({ name, kind, context, parentSpanId, startMs, endMs, attributes, failed }: EndedSpan): object {
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    flags: context.sampled ? 1 : 0,
    name,
    kind: kinds[kind],
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: attributeList(attributes),
    status: { code: failed ? STATUS_ERROR : STATUS_UNSET },
  };
}

/** As text: no number of JavaScript holds so many digits. */
function nanoseconds(ms: number): string {
  return `${Math.round(ms * 1_000)}000`;
}

function attributeList(attributes: SpanAttributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
}
