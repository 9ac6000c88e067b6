import type { Clock } from '../../clock.ts';
import { HttpClient } from '../../events/targets/http-client.ts';
import { type Credentials, signPost } from '../../identity/sign-request.ts';

export interface CloudWatchEndpoint {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

/** A call that was answered with an error. The message is its code: what else the answer says may repeat the request. */
export class CloudWatchRefusal extends Error {
  override readonly name = 'CloudWatchRefusal';
  /** Whether the same call may be taken later. */
  readonly passing: boolean;

  constructor(status: number, code: string) {
    super(code);
    this.passing = status >= 500 || status === 429 || /^(Throttl|RequestLimitExceeded)/.test(code);
  }
}

const TIMEOUT_MS = 10_000;

/** Calls CloudWatch by the AWS query protocol, which all that are compatible with it speak. */
export class CloudWatchClient {
  readonly #url: URL;
  readonly #settings: CloudWatchEndpoint;
  readonly #clock: Clock;
  readonly #http: HttpClient;

  constructor(settings: CloudWatchEndpoint, clock: Clock) {
    this.#url = new URL(settings.endpoint);
    this.#settings = settings;
    this.#clock = clock;
    this.#http = new HttpClient(this.#url, TIMEOUT_MS);
  }

  /** @throws {CloudWatchRefusal}; anything else when there is no answer */
  async call(body: string, signal: AbortSignal): Promise<void> {
    const { region, credentials } = this.#settings;
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const signing = { credentials, region, service: 'monitoring', now: this.#clock.now() };
    const answer = await this.#http.post(signPost({ url: this.#url, headers, body }, signing), body, signal);
    if (answer.status === 200) return;
    const code = /<Code>([\w.]{1,100})<\/Code>/.exec(answer.body)?.[1];
    throw new CloudWatchRefusal(answer.status, code ?? `HTTP ${answer.status}`);
  }

  close(): void {
    this.#http.close();
  }
}
