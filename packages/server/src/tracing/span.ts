import { childContext, type SpanContext } from './trace-context.ts';

export type SpanAttributes = Readonly<Record<string, string | number>>;

/** https://opentelemetry.io/docs/specs/otel/trace/api/#spankind */
export type SpanKind = 'internal' | 'server';

/** A span that has ended. Times are in milliseconds since 1970. */
export interface EndedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: SpanContext;
  readonly parentSpanId: string | undefined;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: SpanAttributes;
  readonly failed: boolean;
}

export interface SpanOptions {
  readonly parent?: SpanContext | undefined;
  readonly kind?: SpanKind;
  readonly attributes?: SpanAttributes;
}

/** A part of a trace, from its making until it is ended. */
export class Span {
  readonly context: SpanContext;
  readonly #name: string;
  readonly #kind: SpanKind;
  readonly #parentSpanId: string | undefined;
  readonly #startMs = nowMs();
  readonly #onEnded: (span: EndedSpan) => void;
  #attributes: SpanAttributes;
  #ended = false;

  /** @param onEnded called once, for a span of a trace that is kept */
  constructor(
    name: string,
    { parent, kind = 'internal', attributes = {} }: SpanOptions,
    onEnded: (span: EndedSpan) => void,
  ) {
    this.#name = name;
    this.#kind = kind;
    this.#parentSpanId = parent?.spanId;
    this.#attributes = attributes;
    this.#onEnded = onEnded;
    this.context = childContext(parent);
  }

  get ended(): boolean {
    return this.#ended;
  }

  note(attributes: SpanAttributes): void {
    this.#attributes = { ...this.#attributes, ...attributes };
  }

  /** Ending twice does nothing. */
  end({ failed = false }: { failed?: boolean } = {}): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.context.sampled) return;
    this.#onEnded({
      name: this.#name,
      kind: this.#kind,
      context: this.context,
      parentSpanId: this.#parentSpanId,
      startMs: this.#startMs,
      endMs: nowMs(),
      attributes: this.#attributes,
      failed,
    });
  }
}

/** Finer than a clock, and never back. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
