import { once } from 'node:events';
import { Agent, request } from 'node:http';
import {
  CreateStageCommand,
  ListParticipantsCommand,
  ListStageSessionsCommand,
  ListStagesCommand,
} from '@aws-sdk/client-ivs-realtime';
import { type OperationName, operationNames } from '@proscenium/model';
import fc from 'fast-check';
import type { WireRequest } from '../../packages/server/src/identity/signer.fixture.ts';
import { connectEvents } from '../support/events-socket.ts';
import type { ServerProcess } from '../support/server.ts';
import { type Answer, checkAnswer, type Outcome } from './check-answer.ts';
import { type KnownParticipant, KnownResources } from './known-resources.ts';
import { type RequestCase, requestCase } from './request-case.ts';

/** Failure guard: no answer takes that long. */
const answerGuardMs = 60_000;

/** One request and what came of it. */
export type Sent = Pick<RequestCase, 'kind' | 'operation' | 'fault'> & { outcome: Outcome };

/**
 * Sends so many random requests to the server, one after the other, and checks every answer.
 *
 * @param seed what all of them follow from
 * @throws at the first answer that is not right, with the seed
 */
export async function fuzzApi(
  server: ServerProcess,
  { seed, requests }: { seed: number; requests: number },
): Promise<Sent[]> {
  const known = new KnownResources(await somebodyInAStage(server));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sent: Sent[] = [];
  const cases = fc.oneof(...operationNames.map(requestCase));
  try {
    await fc.assert(
      fc.asyncProperty(cases, async (chosen) => {
        const wire = await chosen.write(known);
        const answer = await send(server, agent, wire);
        const { kind, operation, fault } = chosen;
        try {
          sent.push({ kind, operation, fault, outcome: checkAnswer(chosen, String(wire.body), answer) });
        } catch (cause) {
          throw new Error([report(chosen, wire, answer), ...logErrors(server)].join('\n'), { cause });
        }
        if (answer.status < 300) remember(known, operation, wire, answer);
      }),
      { seed, numRuns: requests, asyncReporter },
    );
  } finally {
    agent.destroy();
  }
  return sent;
}

/** The smallest request that fails, and how to come to it again. */
async function asyncReporter({ failed, seed, numRuns, errorInstance }: fc.RunDetails<[RequestCase]>): Promise<void> {
  if (!failed) return;
  const replay = `PROSCENIUM_FUZZ_SEED=${seed} PROSCENIUM_FUZZ_REQUESTS=${numRuns} node --test test/fuzz/api.test.ts`;
  throw new Error(`Request ${numRuns} went wrong. To send all of them again: ${replay}`, { cause: errorInstance });
}

/** Sessions and participants come of joining, which is no call of the API. */
async function somebodyInAStage({ client }: ServerProcess): Promise<KnownParticipant[]> {
  const created = await client.send(new CreateStageCommand({ participantTokenConfigurations: [{}, {}, {}] }));
  const stageArn = created.stage?.arn ?? '';
  for (const { token = '' } of created.participantTokens ?? []) await connectEvents(token);
  const { stageSessions: [session] = [] } = await client.send(new ListStageSessionsCommand({ stageArn }));
  const sessionId = session?.sessionId ?? '';
  const { participants = [] } = await client.send(new ListParticipantsCommand({ stageArn, sessionId }));
  return participants.map(({ participantId = '' }) => ({ stageArn, sessionId, participantId }));
}

async function send(server: ServerProcess, agent: Agent, { method, url, headers, body }: WireRequest): Promise<Answer> {
  const { port } = new URL(server.endpoint);
  const framed = body.length === 0 ? headers : { 'content-length': String(body.length), ...headers };
  const signal = AbortSignal.timeout(answerGuardMs);
  const outgoing = request({
    host: '127.0.0.1',
    port,
    method,
    path: url,
    headers: framed,
    setHost: false,
    agent,
    signal,
  });
  outgoing.end(body);
  const [response] = await once(outgoing, 'response', { signal });
  const chunks: Buffer[] = await response.toArray();
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() };
}

function remember(known: KnownResources, operation: OperationName, wire: WireRequest, { body }: Answer): void {
  if (body !== '') known.learn(operation, JSON.parse(body));
  if (operation.startsWith('Delete')) known.forget(JSON.parse(String(wire.body)).arn);
}

/** Most that is shown of a body. */
const shownCharacters = 2_000;

function report(
  { kind, operation, fault }: RequestCase,
  { method, url, headers, body }: WireRequest,
  answer: Answer,
): string {
  const { authorization: _, ...others } = headers;
  return [
    `A ${kind} ${operation} (fault: ${fault}) got a wrong answer.`,
    `${method} ${url} ${JSON.stringify(others)}`,
    String(body).slice(0, shownCharacters),
    `was answered with ${answer.status} ${answer.headers['x-amzn-errortype'] ?? ''}`,
    answer.body.slice(0, shownCharacters),
  ].join('\n');
}

/** Asks for something ordinary. @throws when the server no longer answers, or has failed at something by its log */
export async function checkHealth(server: ServerProcess): Promise<void> {
  await server.client.send(new ListStagesCommand());
  const errors = logErrors(server);
  if (errors.length > 0) throw new Error(`The log has errors: ${errors.join('\n')}`);
}

function logErrors(server: ServerProcess): string[] {
  const lines = server.log().split('\n');
  return lines.filter((line) => line.startsWith('{"level":') && JSON.parse(line).level >= 50);
}
