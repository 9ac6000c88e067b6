import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { Service } from '@proscenium/model';
import { runApiCommand } from './run.ts';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An answer of the service: what it is, or what is done in place of one. */
export type ScriptedAnswer =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: string }
  | ((request: IncomingMessage, response: ServerResponse) => void);

/** A service that gives these answers in turn, the last one for ever. */
export async function startScriptedService(t: TestContext, answers: readonly ScriptedAnswer[]) {
  const received: ReceivedRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const answer = answers[Math.min(received.length, answers.length - 1)] ?? {};
    received.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    if (typeof answer === 'function') answer(request, response);
    else response.writeHead(answer.status ?? 200, answer.headers ?? {}).end(answer.body ?? '{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, received };
}

const environment = {
  AWS_ACCESS_KEY_ID: 'PRSCEXAMPLEEXAMPLEEX',
  AWS_SECRET_ACCESS_KEY: 'example-secret-example-secret-example-00',
  AWS_REGION: 'us-west-2',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

/** Runs the command in this process. */
export async function runCommand(
  words: readonly string[],
  more: NodeJS.ProcessEnv = {},
  service: Service = 'ivs-realtime',
) {
  let output = '';
  let error = '';
  const exitCode = await runApiCommand(words, {
    service,
    environment: { ...environment, ...more },
    version: '0.0.0',
    terminalColumns: undefined,
    writeOutput: (text) => {
      output += text;
    },
    writeError: (text) => {
      error += text;
    },
  });
  return { exitCode, output, error };
}
