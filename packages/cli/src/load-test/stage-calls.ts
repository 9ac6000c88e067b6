import { setTimeout as sleep } from 'node:timers/promises';
import { type Credentials, signingService, signPost } from '@proscenium/server/calling';

/** What a call of the API came to that was not answered with 200. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
}

export interface ApiAddress {
  readonly endpoint: URL;
  readonly region: string;
  readonly credentials: Credentials;
}

export interface CreatedStage {
  readonly arn: string;
}

export type Capability = 'PUBLISH' | 'SUBSCRIBE';

const TIMEOUT_MS = 20_000;
/** Calls that are throttled, or meet an overloaded server, are made again after twice the time each. */
const ATTEMPTS = 7;
const FIRST_RETRY_MS = 200;

/** The calls of the API that make a stage, invite to it and delete it. */
export class StageCalls {
  readonly #address: ApiAddress;

  constructor(address: ApiAddress) {
    this.#address = address;
  }

  /** @throws {CallFailed} */
  async createStage(name: string): Promise<CreatedStage> {
    const { stage } = await this.#call('CreateStage', { name });
    return stage as CreatedStage;
  }

  /** @throws {CallFailed} */
  async deleteStage(arn: string): Promise<void> {
    await this.#call('DeleteStage', { arn });
  }

  /** @returns a token. @throws {CallFailed} */
  async invite(
    stageArn: string,
    participant: { userId: string; capability: Capability; durationMinutes: number },
  ): Promise<string> {
    const { userId, capability, durationMinutes: duration } = participant;
    const input = { stageArn, userId, duration, capabilities: [capability] };
    const { participantToken } = await this.#call('CreateParticipantToken', input);
    return (participantToken as { token: string }).token;
  }

  async #call(operation: string, input: object): Promise<Record<string, unknown>> {
    for (let attempt = 1; ; attempt += 1) {
      const { status, type, text } = await this.#post(operation, JSON.stringify(input));
      if (status === 200) return text === '' ? {} : JSON.parse(text);
      const isPassing = status === 429 || status >= 500 || type === 'ThrottlingException';
      if (!isPassing || attempt === ATTEMPTS) throw new CallFailed(`${operation} failed: ${said(status, type, text)}`);
      await sleep(FIRST_RETRY_MS * 2 ** (attempt - 1));
    }
  }

  async #post(operation: string, body: string): Promise<{ status: number; type: string; text: string }> {
    const { endpoint, region, credentials } = this.#address;
    const url = new URL(`${endpoint.href.replace(/\/$/, '')}/${operation}`);
    const request = { url, headers: { 'content-type': 'application/json' }, body };
    const signing = { credentials, region, service: signingService, now: new Date() };
    const { host, ...headers } = signPost(request, signing); // the client sends the host itself
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
      const type = answer.headers.get('x-amzn-errortype')?.split(':')[0] ?? '';
      return { status: answer.status, type, text: await answer.text() };
    } catch (error) {
      throw new CallFailed(`The server at ${endpoint.origin} cannot be reached: ${connectionTrouble(error)}`, {
        cause: error,
      });
    }
  }
}

const MAXIMUM_SAID = 300;

function said(status: number, type: string, text: string): string {
  const [, message] = /"(?:message|exceptionMessage)"\s*:\s*"((?:[^"\\]|\\.)*)"/i.exec(text) ?? [];
  const words = [type || `HTTP ${status}`, message ?? text].filter((word) => word !== '');
  return words.join(': ').slice(0, MAXIMUM_SAID);
}

/** What lies below `fetch failed`. */
function connectionTrouble(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError) return connectionTrouble(cause.errors[0]);
  return cause instanceof Error ? cause.message : error.message;
}
