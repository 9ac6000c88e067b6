/**
 * What a page of a list costs the server, by how many rows there are and how far in the page is: beside the first page of
 * the shortest list, in the same run.
 */
import { loadavg } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CreateStageCommand, ListParticipantsCommand } from '@aws-sdk/client-ivs-realtime';
import { type ServerProcess, startServer } from '../test/support/server.ts';
import type { LoadOrder, LoadResult } from './support/load-generator.ts';
import { median } from './support/median.ts';
import { cpuSeconds, nextMessage, pinMeasured, startProgram } from './support/programs.ts';
import { signedRequest } from './support/signed-request.ts';

const sizes = [100, 10_000, 1_000_000];
const pageSize = 50;
/** How far in the later page is: in the middle, but not further than it takes a few seconds to get to. */
const mostPagesIn = 1_000;
const rounds = 5;
const roundMs = 1_000;

type List = { participants: number; stageArn: string; sessionId: string };

const server = await startServer({ env: { PROSCENIUM_MEDIA_WORKERS: '0' } });
pinMeasured(server.pid);
const lists: List[] = [];
for (const [index, participants] of sizes.entries()) lists.push(await makeParticipants(server, index, participants));
const generator = startProgram(new URL('./support/load-generator.ts', import.meta.url), 'load');

/** Rows as the server writes them, put into its database directly. */
async function makeParticipants({ client, dataFolder }: ServerProcess, index: number, participants: number) {
  const { stage } = await client.send(new CreateStageCommand());
  const stageArn = stage?.arn ?? '';
  const sessionId = `st-${String(index).padStart(13, '0')}`;
  const record = {
    participantId: 'ID',
    userId: 'USER',
    attributes: {},
    state: 'DISCONNECTED',
    firstJoinTime: '2026-11-21T20:01:02.000Z',
    published: true,
    protocol: 'WHIP',
    browserName: 'Chrome',
    browserVersion: '142',
    osName: 'macOS',
    osVersion: '15.1',
    sdkVersion: '',
    ispName: '',
    recordingState: 'DISABLED',
    recordingS3BucketName: '',
    recordingS3Prefix: '',
    replicationType: 'NONE',
    redundantIngest: false,
  };
  const database = new DatabaseSync(path.join(dataFolder, 'proscenium.db'), { timeout: 10_000 });
  database.exec('begin immediate');
  database
    .prepare(
      `insert into stage_sessions (stage_seq, session_id, start_time_ms, end_time_ms)
       select seq, ?, 0, 1 from stages where id = ?`,
    )
    .run(sessionId, stageArn.split('/')[1] ?? '');
  database
    .prepare(
      `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ?)
       insert into participants (session_seq, participant_id, user_id, state, published, recording_state, record_json)
       select (select max(seq) from stage_sessions), 'p-' || n, 'user-' || (n % 1000), 'DISCONNECTED', 1, 'DISABLED',
         replace(replace(?, 'ID', 'p-' || n), 'USER', 'user-' || (n % 1000)) from numbers`,
    )
    .run(participants, JSON.stringify(record));
  database.exec('commit');
  database.close();
  return { participants, stageArn, sessionId };
}

/** The token of a page in the middle of a list. */
async function laterPage({ participants, stageArn, sessionId }: List): Promise<{ pages: number; nextToken: string }> {
  const target = Math.min(mostPagesIn, Math.floor(participants / pageSize / 2));
  let nextToken = '';
  for (let page = 0; page < target; page += 1) {
    const input = { stageArn, sessionId, nextToken, maxResults: pageSize };
    nextToken = (await server.client.send(new ListParticipantsCommand(input))).nextToken ?? '';
  }
  return { pages: target, nextToken };
}

type Case = { participants: number; page: string; input: object };
const cases: Case[] = [];
for (const list of lists) {
  const { participants, stageArn, sessionId } = list;
  const input = { stageArn, sessionId, maxResults: pageSize };
  const { pages, nextToken } = await laterPage(list);
  cases.push({ participants, page: 'first', input });
  cases.push({ participants, page: `after ${pages}`, input: { ...input, nextToken } });
  cases.push({ participants, page: 'first of one user id', input: { ...input, filterByUserId: 'user-7' } });
}

type Measured = { callsPerSecond: number; p50Ms: number; cpuMicroseconds: number };

async function measure({ input }: Case): Promise<Measured> {
  const requests = [await signedRequest('ListParticipants', input, server.region)];
  const port = Number(new URL(server.endpoint).port);
  const before = cpuSeconds(server.pid);
  generator.send({ port, requests, connections: 4, durationMs: roundMs } satisfies LoadOrder);
  const { calls, seconds, p50Ms } = await nextMessage<LoadResult>(generator);
  return { callsPerSecond: calls / seconds, p50Ms, cpuMicroseconds: ((cpuSeconds(server.pid) - before) / calls) * 1e6 };
}

const measured = cases.map((): Measured[] => []);
for (let round = 0; round <= rounds; round += 1) {
  for (const [index, each] of cases.entries()) {
    const result = await measure(each);
    if (round > 0) measured[index]?.push(result); // the first round warms up
  }
}
generator.kill();
await server.stop();

console.log(`Pages of ${pageSize}; medians of ${rounds} rounds of ${roundMs / 1_000} s; load average ${loadavg()[0]}`);
const middle = (results: readonly Measured[] = [], figure: keyof Measured) =>
  median(results.map((each) => each[figure]));
const reference = middle(measured[0], 'cpuMicroseconds');
console.table(
  cases.map(({ participants, page }, index) => {
    const results = measured[index];
    return {
      participants,
      page,
      'pages per second': Math.round(middle(results, 'callsPerSecond')),
      'p50 ms': middle(results, 'p50Ms').toFixed(2),
      'CPU µs': Math.round(middle(results, 'cpuMicroseconds')),
      'ratio of CPU': (middle(results, 'cpuMicroseconds') / reference).toFixed(2),
    };
  }),
);
