import type { OperationName, RequestOf, ResourceType, ResponseOf } from '@proscenium/model';
import { ApiError } from './api-error.ts';
import { awsCommand } from './aws-command.ts';
import { EventParser, type ServerSentEvent } from './server-sent-events.ts';
import { encodeComponent, presign, type SigningKey, signRequest } from './signature.ts';

/** A value as it comes over the wire: times are ISO 8601 texts. */
export type Wire<T> = T extends Date ? string : T extends object ? { [Key in keyof T]: Wire<T[Key]> } : T;

/** Who is signed in, and what the server tells about itself. */
export interface ServerFacts {
  readonly account: string;
  readonly userName: string;
  readonly region: string;
  /** Whether the server's own metrics may be read. */
  readonly isOperator: boolean;
  readonly startTime: string;
  /** Whether recordings can be read here. */
  readonly servesObjects: boolean;
  /** Where pages of built-in channels of this account and region are. */
  readonly channelsPath: string;
  /** Those that the configuration has, with the address of a server that is pushed to; left out: each name is one, built in. */
  readonly channels?: readonly { readonly arn: string; readonly address?: string }[];
  readonly ingest: { readonly rtmp?: string; readonly rtmps?: string };
}

/** What lies right below a prefix. */
export interface ObjectList {
  readonly objects: readonly { readonly key: string; readonly modifiedMs: number }[];
  readonly prefixes: readonly string[];
}

const maximumPages = 10;
const presignedSeconds = 3_600;

/** The server's API, signed with the key of whoever is signed in. The key lives in this object and nowhere else. */
export class Api {
  readonly origin: string;
  readonly region: string;
  readonly #key: SigningKey;
  /** How far the server's clock is ahead of the browser's. */
  #skewMs = 0;

  constructor(key: SigningKey, region: string, origin: string) {
    this.#key = key;
    this.region = region;
    this.origin = origin;
  }

  /** @throws {ApiError} */
  async call<Name extends OperationName>(name: Name, input: RequestOf<Name>): Promise<Wire<ResponseOf<Name>>> {
    return this.request('POST', `/${name}`, input);
  }

  /**
   * All pages of a list, up to a bound that keeps a page usable.
   *
   * @throws {ApiError}
   */
  async list<Name extends OperationName, Item extends keyof ResponseOf<Name>>(
    name: Name,
    input: RequestOf<Name>,
    items: Item,
  ): Promise<Wire<ResponseOf<Name>[Item]>> {
    const found: unknown[] = [];
    let nextToken: string | undefined;
    for (let page = 0; page < maximumPages; page += 1) {
      const answer: Record<string, unknown> = await this.request('POST', `/${name}`, {
        ...input,
        ...(nextToken && { nextToken }),
      });
      const listed = answer[String(items)];
      if (Array.isArray(listed)) found.push(...listed);
      nextToken = typeof answer.nextToken === 'string' ? answer.nextToken : undefined;
      if (!nextToken) break;
    }
    return found as Wire<ResponseOf<Name>[Item]>;
  }

  /** @throws {ApiError} */
  async request<Answer>(method: 'GET' | 'POST' | 'DELETE', path: string, input?: object): Promise<Answer> {
    const response = await this.#send(method, path, input && JSON.stringify(input));
    const text = await response.text();
    return (text === '' ? {} : JSON.parse(text)) as Answer;
  }

  /**
   * Follows the stream of events until it is cut off.
   *
   * @throws {ApiError} where it cannot begin
   */
  async follow(
    path: string,
    lastEventId: string,
    signal: AbortSignal,
    take: (event: ServerSentEvent) => void,
  ): Promise<void> {
    const { body } = await this.#send(
      'GET',
      path,
      undefined,
      signal,
      lastEventId ? { 'last-event-id': lastEventId } : {},
    );
    const parser = new EventParser();
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done || value === undefined) return;
      for (const event of parser.push(value)) take(event);
    }
  }

  /** An address at which an object of the server's own store can be read for an hour. */
  objectUrl(bucket: string, key: string): string {
    const url = new URL(`/${[bucket, ...key.split('/')].map(encodeComponent).join('/')}`, this.origin);
    return presign(url, this.#key, { region: this.region, service: 's3', now: this.#now() }, presignedSeconds);
  }

  /** The same of an address, whatever its query was. */
  signObject(address: string): string {
    const url = new URL(address);
    url.search = '';
    return presign(url, this.#key, { region: this.region, service: 's3', now: this.#now() }, presignedSeconds);
  }

  /**
   * What lies right below a prefix, a thousand names at most.
   *
   * @throws {ApiError}
   */
  async listObjects(bucket: string, prefix: string): Promise<ObjectList> {
    const url = new URL(
      `/${encodeComponent(bucket)}?list-type=2&delimiter=/&prefix=${encodeComponent(prefix)}`,
      this.origin,
    );
    const signed = presign(url, this.#key, { region: this.region, service: 's3', now: this.#now() }, presignedSeconds);
    const response = await fetch(signed);
    const document = new DOMParser().parseFromString(await response.text(), 'application/xml');
    if (!response.ok) {
      const code = document.querySelector('Error > Code')?.textContent ?? `HTTP ${response.status}`;
      throw new ApiError(code, document.querySelector('Error > Message')?.textContent ?? '', response.status);
    }
    const texts = (selector: string) => [...document.querySelectorAll(selector)].map((each) => each.textContent ?? '');
    const objects = [...document.querySelectorAll('Contents')].map((each) => ({
      key: each.querySelector('Key')?.textContent ?? '',
      modifiedMs: Date.parse(each.querySelector('LastModified')?.textContent ?? ''),
    }));
    return { objects, prefixes: texts('CommonPrefixes > Prefix') };
  }

  /** The same call for a shell. */
  command(operation: OperationName, input: object): string {
    return awsCommand(operation, input, { endpoint: this.origin, region: this.region });
  }

  async #send(
    method: string,
    path: string,
    body?: string,
    signal?: AbortSignal,
    more: Record<string, string> = {},
    isRepetition = false,
  ): Promise<Response> {
    const url = new URL(path, this.origin);
    const headers = body === undefined ? more : { ...more, 'content-type': 'application/json' };
    const scope = { region: this.region, service: 'ivs', now: this.#now() } as const;
    const signed = signRequest({ method, url, headers, ...(body !== undefined && { body }) }, this.#key, scope);
    const response = await fetch(url, {
      method,
      headers: signed,
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    }).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw new ApiError('NoConnection', 'The server cannot be reached.', 0);
    });
    if (response.ok) return response;
    const refusal = await readRefusal(response);
    const skewMs = Date.parse(response.headers.get('date') ?? '') - Date.now();
    if (!isRepetition && refusal.code === 'InvalidSignatureException' && Math.abs(skewMs - this.#skewMs) > 60_000) {
      this.#skewMs = skewMs;
      return this.#send(method, path, body, signal, more, true);
    }
    throw refusal;
  }

  #now(): Date {
    return new Date(Date.now() + this.#skewMs);
  }
}

/** The resource of a type and id in the account and region of whoever is signed in. */
export function arnOf({ account, region }: ServerFacts, type: ResourceType, id: string): string {
  return `arn:aws:ivs:${region}:${account}:${type}/${id}`;
}

/** The last part of an ARN. */
export function idOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

async function readRefusal(response: Response): Promise<ApiError> {
  const text = await response.text();
  const code = response.headers.get('x-amzn-errortype') ?? `HTTP ${response.status}`;
  return new ApiError(code, messageIn(text) ?? `The server answered ${response.status}.`, response.status);
}

function messageIn(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text);
    return typeof message === 'string' ? message : undefined;
  } catch {
    // A proxy's page, say, which is no matter for people.
    return undefined;
  }
}
