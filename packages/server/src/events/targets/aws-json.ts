import type { Clock } from '../../clock.ts';
import { type Credentials, signPost } from '../../identity/sign-request.ts';
import { HttpClient, UnreadableAnswer } from './http-client.ts';

/** A call that was answered with an error. The message is the error's code: what else the answer says may repeat the request. */
export class AwsCallRefused extends Error {
  override readonly name = 'AwsCallRefused';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

/** A service of the AWS JSON protocol: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export interface AwsJsonService {
  readonly endpoint: URL;
  readonly region: string;
  readonly credentials: Credentials;
  /** As in the credential scope. */
  readonly service: string;
  /** The service's name in `X-Amz-Target`. */
  readonly targetPrefix: string;
  readonly protocolVersion: '1.0' | '1.1';
}

const TIMEOUT_MS = 10_000;

export class AwsJsonClient {
  readonly #service: AwsJsonService;
  readonly #http: HttpClient;
  readonly #clock: Clock;

  constructor(service: AwsJsonService, clock: Clock) {
    this.#service = service;
    this.#http = new HttpClient(service.endpoint, TIMEOUT_MS);
    this.#clock = clock;
  }

  /** @throws AwsCallRefused; anything else when there is no answer */
  async call(operation: string, input: object, signal: AbortSignal): Promise<unknown> {
    const { endpoint, region, credentials, service, targetPrefix, protocolVersion } = this.#service;
    const body = JSON.stringify(input);
    const headers = {
      'content-type': `application/x-amz-json-${protocolVersion}`,
      'x-amz-target': `${targetPrefix}.${operation}`,
    };
    const signing = { credentials, region, service, now: this.#clock.now() };
    const answer = await this.#http.post(signPost({ url: endpoint, headers, body }, signing), body, signal);
    if (answer.status !== 200) throw new AwsCallRefused(answer.status, errorCode(answer));
    return parseJson(answer.body);
  }

  close(): void {
    this.#http.close();
  }
}

/** `ThrottlingException` of `{"__type":"com.amazon.coral.service#ThrottlingException"}`. */
function errorCode({ status, body }: { status: number; body: string }): string {
  const [, code] = /"__type"\s*:\s*"(?:[\w.]+#)?([\w.]{1,100})[":]/.exec(body) ?? [];
  return code ?? `HTTP ${status}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The reason is left out: it quotes the answer.
    throw new UnreadableAnswer('The answer is no JSON');
  }
}
