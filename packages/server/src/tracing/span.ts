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

export interface SpanParts {
  /** In milliseconds since 1970; never back. */
  readonly nowMs: () => number;
  /** Called once, for a span of a trace that is kept. */
  readonly onEnded: (span: EndedSpan) => void;
}

/** A part of a trace, from its making until it is ended. */
export class Span {
  readonly context: SpanContext;
  readonly #name: string;
  readonly #kind: SpanKind;
  readonly #parentSpanId: string | undefined;
  readonly #startMs: number;
  readonly #parts: SpanParts;
  #attributes: SpanAttributes;
  #ended = false;

  constructor(name: string, { parent, kind = 'internal', attributes = {} }: SpanOptions, parts: SpanParts) {
    this.#name = name;
    this.#kind = kind;
    this.#parentSpanId = parent?.spanId;
    this.#attributes = attributes;
    this.#parts = parts;
    this.#startMs = parts.nowMs();
    this.context = childContext(parent);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** A part of this one, by its clock. */
  child(name: string): Span {
    return new Span(name, { parent: this.context }, this.#parts);
  }

  note(attributes: SpanAttributes): void {
    this.#attributes = { ...this.#attributes, ...attributes };
  }

  /** Ending twice does nothing. */
  end({ failed = false }: { failed?: boolean } = {}): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.context.sampled) return;
    this.#parts.onEnded({
      name: this.#name,
      kind: this.#kind,
      context: this.context,
      parentSpanId: this.#parentSpanId,
      startMs: this.#startMs,
      endMs: this.#parts.nowMs(),
      attributes: this.#attributes,
      failed,
    });
  }
}

/** What time it is from now on: finer than the clock that says it now, and never back. */
export function timeSince(now: Date): () => number {
  const originMs = now.getTime() - performance.now();
  return () => originMs + performance.now();
}
