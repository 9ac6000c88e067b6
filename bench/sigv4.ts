/** What verifying signatures costs: calls per second through the front door, and the same calls without it. */
import { connect } from 'node:net';
import { readRequest, writeResponse } from '@proscenium/model';
import { unrestricted } from '../packages/server/src/access/unrestricted.fixture.ts';
import { systemClock } from '../packages/server/src/clock.ts';
import { createAnswers } from '../packages/server/src/http/answer.ts';
import { apiRoutes } from '../packages/server/src/http/api-routes.ts';
import { silentLogger } from '../packages/server/src/http/api-server.fixture.ts';
import { readBody } from '../packages/server/src/http/body.ts';
import type { Handler } from '../packages/server/src/http/handlers.ts';
import { createHttpServer } from '../packages/server/src/http/http-server.ts';
import { readInput } from '../packages/server/src/http/input.ts';
import { createAccessKeys } from '../packages/server/src/identity/access-keys.ts';
import { createAccounts } from '../packages/server/src/identity/accounts.ts';
import { accessKey, received, sign } from '../packages/server/src/identity/signer.fixture.ts';
import { SigningKeys } from '../packages/server/src/identity/signing-keys.ts';
import { verifySignature } from '../packages/server/src/identity/verify-signature.ts';

const rounds = 5;
const roundMs = 1_000;
const connections = 8;
const body = JSON.stringify({ name: 'friday-show', tags: { team: 'red' } });
const plain = { method: 'POST', path: '/CreateStage', headers: { 'content-type': 'application/json' }, body };
const stage = { arn: 'arn:aws:ivs:us-west-2:123456789012:stage/abcdABCDefgh' };
const regions = ['us-west-2'];
const accessKeys = createAccessKeys([accessKey]);

const createStage: Handler<'CreateStage'> = async ({ name, tags }) => ({ stage: { ...stage, name, tags } });
const answers = createAnswers(systemClock, silentLogger);
const fastify = createHttpServer({ clock: systemClock, logger: silentLogger });
fastify.register(apiRoutes, {
  handlers: { CreateStage: createStage },
  accessKeys,
  accounts: createAccounts([]),
  permissions: unrestricted,
  clock: systemClock,
  regions,
  hosts: ['localhost'],
  bodyLimitBytes: 1_048_576,
  logger: silentLogger,
});
fastify.register(async (unverified) => {
  unverified.removeAllContentTypeParsers();
  unverified.addContentTypeParser('*', (_request, _body, done) => done(null));
  unverified.post('/Unverified', async (request, reply) => {
    const raw = {
      query: '',
      contentType: request.headers['content-type'],
      body: await readBody(request.raw, 1_048_576),
    };
    const input = readRequest('CreateStage', readInput({ operation: 'CreateStage' }, raw));
    const scope = { account: accessKey.account, region: 'us-west-2' };
    const response = await createStage(input, { scope, requestId: request.id, principalArn: '' });
    return answers.response(reply, writeResponse('CreateStage', response));
  });
});
await fastify.listen({ host: '127.0.0.1', port: 0 });
const address = fastify.server.address();
const port = typeof address === 'object' ? (address?.port ?? 0) : 0;

const signed = await sign(plain);
const headers = { ...signed.headers, 'content-length': String(body.length) };
const headerLines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
const requestTo = (path: string) => Buffer.from(`POST ${path} HTTP/1.1\r\n${headerLines.join('')}\r\n${body}`);

/** Answers over connections that each wait for an answer before they call again. */
async function countCalls(path: string): Promise<number> {
  const request = requestTo(path);
  const counts = await Promise.all(Array.from({ length: connections }, () => countAnswers(request)));
  return counts.reduce((sum, count) => sum + count, 0);
}

function countAnswers(request: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const end = performance.now() + roundMs;
    let count = 0;
    socket.on('error', reject);
    socket.on('close', () => resolve(count));
    socket.on('connect', () => socket.write(request));
    // Answers are small and come in one piece.
    socket.on('data', (answer) => {
      if (!answer.toString('latin1', 0, 12).endsWith('200')) reject(new Error(answer.toString()));
      count += 1;
      if (performance.now() < end) socket.write(request);
      else socket.destroy();
    });
  });
}

async function countVerifications(): Promise<number> {
  const request = received(signed);
  const rules = { accessKeys, regions, signingKeys: new SigningKeys(), now: new Date() };
  const end = performance.now() + roundMs;
  let count = 0;
  for (; performance.now() < end; count += 1) verifySignature(request, rules);
  return count;
}

const cases = [
  { name: 'HTTP call, not verified', count: () => countCalls('/Unverified'), perSecond: [0], cpuMicroseconds: [0] },
  { name: 'HTTP call, verified', count: () => countCalls('/CreateStage'), perSecond: [0], cpuMicroseconds: [0] },
  { name: 'verification alone', count: countVerifications, perSecond: [0], cpuMicroseconds: [0] },
];

// The first round warms up; the others take turns, so that what else the machine does falls on all of them.
for (let round = 0; round <= rounds; round += 1) {
  for (const { count, perSecond, cpuMicroseconds } of cases) {
    const cpuBefore = process.cpuUsage();
    const calls = await count();
    const { user, system } = process.cpuUsage(cpuBefore);
    perSecond[round] = (calls / roundMs) * 1_000;
    cpuMicroseconds[round] = (user + system) / calls;
  }
}
await fastify.close();

const median = (values: number[]) => values.slice(1).toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
const reference = median(cases[0]?.cpuMicroseconds ?? []);
console.log('CPU is that of server and client together; the ratio is of CPU.');
console.table(
  cases.map(({ name, perSecond, cpuMicroseconds }) => ({
    case: name,
    'per second': Math.round(median(perSecond)),
    'CPU µs each': Math.round(median(cpuMicroseconds)),
    ratio: (median(cpuMicroseconds) / reference).toFixed(2),
  })),
);
