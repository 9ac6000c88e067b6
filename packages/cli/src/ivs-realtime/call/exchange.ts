import { readFileSync } from 'node:fs';
import type { Agent, IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import { CommandFailure } from '../failure.ts';
import type { Settings } from '../settings/settings.ts';
import type { HttpRequest } from './http-request.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** There was no answer. Another attempt may get one. */
export class NoAnswer extends CommandFailure {
  constructor(message: string) {
    super('General', message);
  }
}

/** Far more than a page of the largest items. */
const MAXIMUM_ANSWER_BYTES = 67_108_864;

/** Over a connection of its own. @throws NoAnswer */
export async function exchange(request: HttpRequest, settings: Settings): Promise<HttpAnswer> {
  const { url } = request;
  const secure = url.protocol === 'https:';
  // Each of them takes time to load, and one is enough.
  const http = secure ? await import('node:https') : await import('node:http');
  const agent: Agent = new http.Agent({ keepAlive: false, proxyEnv: process.env });
  const bytes = Buffer.from(request.body);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options: RequestOptions & { rejectUnauthorized?: boolean; ca?: Buffer | undefined } = {
    method: request.method,
    agent,
    headers: { ...request.headers, 'content-length': String(bytes.length) },
    ...(secure ? { rejectUnauthorized: settings.verifiesCertificates, ca: readAuthorities(settings) } : {}),
  };
  const sent = http.request(url, options);
  const timers = watch(sent, url, settings);
  sent.on('response', resolve).on('error', reject).end(bytes);
  try {
    const response = await promise;
    const body = await readBody(response);
    return {
      status: response.statusCode ?? 0,
      reason: response.statusMessage ?? '',
      headers: response.headers,
      body,
    };
  } catch (error) {
    throw error instanceof CommandFailure ? error : explain(error as NodeJS.ErrnoException, url);
  } finally {
    timers.stop();
    agent.destroy();
  }
}

/** Gives up when no connection comes about, or nothing comes over it. */
function watch(sent: ReturnType<typeof import('node:http').request>, url: URL, settings: Settings): { stop(): void } {
  const { readTimeoutMs, connectTimeoutMs } = settings;
  const connecting =
    connectTimeoutMs === undefined
      ? undefined
      : setTimeout(
          () => sent.destroy(new NoAnswer(`Connect timeout on endpoint URL: "${url.href}"`)),
          connectTimeoutMs,
        );
  sent.once('socket', (socket) => {
    socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      clearTimeout(connecting);
      if (readTimeoutMs === undefined) return;
      sent.setTimeout(readTimeoutMs, () => sent.destroy(new NoAnswer(`Read timeout on endpoint URL: "${url.href}"`)));
    });
  });
  return { stop: () => clearTimeout(connecting) };
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAXIMUM_ANSWER_BYTES) throw new CommandFailure('General', 'The answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function readAuthorities({ authorities }: Settings): Buffer | undefined {
  if (authorities === undefined) return undefined;
  try {
    return readFileSync(authorities);
  } catch (error) {
    throw new CommandFailure('General', `The file of authorities cannot be read: ${(error as Error).message}`);
  }
}

function explain(error: NodeJS.ErrnoException, url: URL): NoAnswer {
  const { code = '', message } = error;
  if (/CERT|SSL|TLS|ISSUER|SIGNATURE/.test(code) || code === 'EPROTO') {
    return new NoAnswer(`SSL validation failed for ${url.href} ${message}`);
  }
  if (code === 'ECONNRESET' || code === 'EPIPE' || code.startsWith('HPE_')) {
    return new NoAnswer(`Connection was closed before we received a valid response from endpoint URL: "${url.href}".`);
  }
  return new NoAnswer(`Could not connect to the endpoint URL: "${url.href}"`);
}
