import { type Operation, redact, redacted } from '@proscenium/model';
import type { Json, JsonObject } from '../json/value.ts';
import type { WireLog } from './call.ts';
import type { HttpAnswer } from './exchange.ts';
import type { HttpRequest } from './http-request.ts';

const secretHeaders = ['authorization', 'x-amz-security-token'];

/** Tells of calls line by line, secrets left out. */
export function wireLog(write: (line: string) => void): WireLog {
  const say = (what: string) => write(`${new Date().toISOString()} - proscenium - DEBUG - ${what}\n`);
  return {
    request(_operation: Operation, { method, url, headers, body }: HttpRequest, input: JsonObject) {
      say(`${method} ${url.href} ${JSON.stringify(withoutSecrets(headers))}`);
      if (body !== '') say(`request: ${JSON.stringify(plain(input))}`);
    },
    answer({ response }: Operation, { status, reason, headers, body }: HttpAnswer) {
      say(`${status} ${reason} ${JSON.stringify(withoutSecrets(headers))}`);
      if (body !== '') say(`answer: ${shownBody(response, status, body)}`);
    },
    retry(attempt: number, cause: string, delayMs: number) {
      say(`attempt ${attempt}: ${cause}; trying again in ${Math.round(delayMs)} ms`);
    },
  };
}

function shownBody(shape: Operation['response'], status: number, body: string): string {
  if (status >= 300) return body;
  try {
    return JSON.stringify(redact(shape, JSON.parse(body)));
  } catch {
    // What does not fit the shape may hold a secret anywhere.
    return redacted;
  }
}

function withoutSecrets(headers: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, secretHeaders.includes(name) ? redacted : value]),
  );
}

function plain(value: Json): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]));
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === 'object' && value !== null ? value.value : value;
}
