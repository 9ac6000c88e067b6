import fc from 'fast-check';
import { type FuzzedSocket, openSocket } from '../../../packages/server/src/signalling/fuzzed-socket.fixture.ts';
import { linesOf, publishOffers, subscribeOffers } from './descriptions.ts';
import { edits } from './edited-text.ts';
import { type JoiningCase, joiningCase } from './joining-case.ts';

const types = [
  'PING',
  'LEAVE',
  'CLIENT_INFO',
  'MUTE',
  'SUBSCRIBE',
  'SUBSCRIBER_ANSWER',
  'RESTART_ICE',
  'FUTURE',
  '__proto__',
  '',
];
const codecs = fc.array(fc.oneof(fc.constantFrom('video/H264', 'video/VP8', 'audio/opus'), fc.string()), {
  maxLength: 4,
});
const wish = fc.record(
  {
    id: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('publisher', 'p-1', '__proto__', '') },
      fc.string({ maxLength: 64 }),
    ),
    subscribeType: fc.constantFrom('AUDIO_VIDEO', 'AUDIO_ONLY'),
    preferredLayer: fc.oneof(fc.constantFrom('low', 'hi', ''), fc.string({ maxLength: 20 })),
    initialLayer: fc.constantFrom('LOWEST', 'HIGHEST'),
    priority: fc.integer({ min: 1, max: 255 }),
    paused: fc.uniqueArray(fc.constantFrom('audio', 'video')),
  },
  { requiredKeys: ['id', 'subscribeType'] },
);
const wrongWish = fc.record({
  id: fc.oneof(fc.string({ maxLength: 80 }), fc.jsonValue()),
  subscribeType: fc.constantFrom<unknown>('NONE', 1, null, 'AUDIO_VIDEO'),
  priority: fc.constantFrom<unknown>(0, 256, 1.5, '1', -1),
});
export const subscribe = fc
  .record({ codecs, participants: fc.array(fc.oneof({ weight: 20, arbitrary: wish }, wrongWish), { maxLength: 4 }) })
  .map((payload) => JSON.stringify({ type: 'SUBSCRIBE', payload }));
/** What the server does not know, it passes over; what it knows and has a wrong shape ends the socket. */
export const anyMessage = fc
  .record({
    type: fc.oneof(fc.constantFrom<unknown>(...types), fc.jsonValue()),
    payload: fc.jsonValue({ maxDepth: 3 }),
  })
  .map((message) => JSON.stringify(message));
export const mute = fc
  .record({ audioMuted: fc.boolean(), videoStopped: fc.boolean() })
  .map((payload) => JSON.stringify({ type: 'MUTE', payload }));
export const odd = fc.oneof(
  fc.string(),
  fc.constantFrom('{', '[]', 'null', '{"type":{}}', '{"__proto__":{"type":"PING"}}', '[['.repeat(2_000)),
  fc.nat(70_000).map((length) => JSON.stringify({ type: 'PING', padding: 'x'.repeat(length) })),
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
);

type Step = { readonly says: string | Buffer } | { readonly answers: (sdp: string) => string };

const answerEdits = edits(linesOf([...publishOffers, ...subscribeOffers]));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: subscribe.map((says) => ({ says })) },
  { weight: 1, arbitrary: fc.oneof(mute, anyMessage, odd).map((says) => ({ says })) },
  { weight: 4, arbitrary: answerEdits.map((answers) => ({ answers })) },
);

const wholeWish = JSON.stringify({
  type: 'SUBSCRIBE',
  payload: {
    codecs: ['video/H264', 'audio/opus'],
    participants: [{ id: 'publisher', subscribeType: 'AUDIO_VIDEO' }],
  },
});

/** Somebody comes by socket and says all kinds of things, then leaves in one way or another. */
export const talking: fc.Arbitrary<JoiningCase> = joiningCase(
  'socket',
  fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 6 }),
    leaves: fc.constantFrom('LEAVE', 'LEAVE', 'LEAVE', 'terminate'),
  }),
  async (stage, { steps, leaves }) => {
    const socket = await openSocket(stage.eventsUrl, stage.newToken());
    for (const each of steps) {
      if ('says' in each) await socket.send(each.says);
      else await answerOffer(socket, each.answers);
    }
    await socket.send('{"type":"PING"}');
    await socket.next('PONG');
    if (leaves === 'terminate') socket.terminate();
    else await socket.send('{"type":"LEAVE"}');
    return `socket ${await socket.end()}`;
  },
);

/** Answers the server's next offer by what its own text becomes when its sides are changed round, and edited. */
async function answerOffer(socket: FuzzedSocket, edit: (sdp: string) => string): Promise<void> {
  await socket.send('{"type":"SUBSCRIBE","payload":{"codecs":[],"participants":[]}}');
  await socket.send(wholeWish);
  const offered = await socket.next('SUBSCRIBER_OFFER');
  if (!offered) return;
  const { transportId, offerId, sdp } = offered.payload as { transportId: string; offerId: number; sdp: string };
  const answer = sdp
    .replace('a=ice-lite\r\n', '')
    .replaceAll('a=setup:actpass', 'a=setup:active')
    .replaceAll('a=sendonly', 'a=recvonly');
  await socket.send(
    JSON.stringify({ type: 'SUBSCRIBER_ANSWER', payload: { transportId, offerId, sdp: edit(answer) } }),
  );
}
