import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type FuzzedSocket, openSocket } from '../../../packages/server/src/signalling/fuzzed-socket.fixture.ts';
import type { FuzzedStage } from './fuzzed-stage.ts';
import { type JoiningCase, joiningCase } from './joining-case.ts';
import { anyMessage, mute, odd, subscribe } from './sockets.ts';

/** Few, so that they meet. */
const channel = fc.nat(3);
const wrongChannel = fc.constantFrom<unknown>(-1, 1.5, '1', null, {}, 2 ** 60, 'x');
const stageMessage = fc.oneof(
  subscribe,
  mute,
  anyMessage,
  fc.constantFrom('{"type":"LEAVE"}', '{"type":"PING"}', '{"type":"CLOSE"}'),
);

type Step =
  | { readonly joins: number; readonly token: 'good' | 'of nobody' | 'of the connection' }
  | { readonly says: string | Buffer };

const onChannel = (text: string, number: unknown) => JSON.stringify({ ...JSON.parse(text), channel: number });
const says = (text: fc.Arbitrary<string | Buffer>) => text.map((said): Step => ({ says: said }));

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      joins: channel,
      token: fc.oneof(
        { weight: 6, arbitrary: fc.constant('good' as const) },
        fc.constantFrom('of nobody' as const, 'of the connection' as const),
      ),
    }),
  },
  { weight: 12, arbitrary: says(fc.tuple(stageMessage, channel).map(([text, number]) => onChannel(text, number))) },
  { weight: 1, arbitrary: says(fc.tuple(stageMessage, wrongChannel).map(([text, number]) => onChannel(text, number))) },
  { weight: 1, arbitrary: says(fc.oneof(anyMessage, odd)) },
  {
    weight: 1,
    arbitrary: says(
      fc
        .record({ token: fc.jsonValue(), client: fc.jsonValue() }, { requiredKeys: [] })
        .map((payload) => JSON.stringify({ type: 'JOIN', channel: 1, payload })),
    ),
  },
);

/** Somebody opens a connection and says all kinds of things on its channels, then joins on one more and goes. */
export const connecting: fc.Arbitrary<JoiningCase> = joiningCase(
  'connection',
  fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 12 }),
    leaves: fc.constantFrom('LEAVE', 'CLOSE', 'terminate'),
  }),
  async (stage, { steps, leaves }) => {
    const connectionToken = stage.connectionToken();
    const socket = await openSocket(stage.connectionUrl, connectionToken);
    for (const each of steps) {
      if ('says' in each) await socket.send(each.says);
      else await join(socket, each.joins, tokenOf(each.token, stage, connectionToken));
    }
    await socket.send('{"type":"PING"}');
    const alive = (await socket.next('PONG')) !== undefined;
    if (!alive) return `connection ${await socket.end()}`;

    await join(socket, 99, stage.newToken());
    if (!(await socket.next('STAGE_STATE', 99))) {
      assert.equal(await socket.end(), 1008, 'whoever keeps to the protocol is let in');
      return 'connection 1008'; // the PONG was for an earlier PING, before what broke the protocol
    }
    if (leaves !== 'terminate') await socket.send(JSON.stringify({ type: leaves, channel: 99 }));
    if (leaves === 'LEAVE') assert.ok(await socket.next('CLOSE', 99));
    socket.terminate();
    await socket.end();
    return 'connection joined';
  },
);

async function join(socket: FuzzedSocket, number: number, token: string): Promise<void> {
  await socket.send(JSON.stringify({ type: 'JOIN', channel: number, payload: { token, client: 'a-page' } }));
}

function tokenOf(
  kind: 'good' | 'of nobody' | 'of the connection',
  stage: FuzzedStage,
  connectionToken: string,
): string {
  if (kind === 'good') return stage.newToken();
  return kind === 'of nobody' ? 'a.b.c' : connectionToken;
}
