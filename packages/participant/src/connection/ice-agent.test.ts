import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Connection } from 'werift';
import {
  isAuthentic,
  newTransactionId,
  parseStunMessage,
  readErrorCode,
  STUN_ATTRIBUTE,
  STUN_TYPE,
  writeErrorCode,
  writeStunMessage,
} from '../stun/message.ts';
import { writeXorAddress } from '../stun/xor-address.ts';
import { answererRole, IceAgent, type IceRole } from './ice-agent.ts';

const US = { usernameFragment: 'ours', password: 'the password of the client' };
const SERVER = { usernameFragment: 'theirs', password: 'the password of the server' };
const SOURCE = { address: '192.0.2.1', port: 3_478 };
/** No repetition comes within a test. */
const SLOW = { repeatMs: 60_000, repetitions: 1, consentIntervalMs: 60_000, consentExpiryMs: 60_000 };
const QUICK = { repeatMs: 1, repetitions: 2, consentIntervalMs: 60_000, consentExpiryMs: 60_000 };

for (const role of ['controlling', 'controlled'] as const) {
  test(`a full agent of another make is connected to by one that is ${role}`, async (t) => {
    const theirs = new Connection(role === 'controlled', {
      useIpv4: true,
      useIpv6: false,
      additionalHostAddresses: ['127.0.0.1'],
    });
    t.after(() => theirs.close());
    theirs.setRemoteParams({ iceLite: false, ...US });
    await theirs.gatherCandidates();
    const candidate = theirs.localCandidates.find(({ host }) => host === '127.0.0.1');
    assert.ok(candidate);

    const socket = await open();
    t.after(() => socket.close());
    const remote = { usernameFragment: theirs.localUsername, password: theirs.localPassword };
    const agent = new IceAgent({ local: US, remote, role }, (data) =>
      socket.send(data, candidate.port, candidate.host),
    );
    t.after(() => agent.close());
    socket.on('message', (data, source) => agent.receive(data, source));
    // It knows of no candidate of ours, and learns it by our checks.
    await Promise.all([agent.connect(), theirs.connect()]);

    const { port } = socket.address() as AddressInfo;
    assert.equal(theirs.nominated?.remoteCandidate.port, port);
    assert.equal(theirs.nominated?.remoteCandidate.type, 'prflx');
    assert.equal(agent.role, role);
  });
}

test('two agents that both mean to be in one role agree on two', async () => {
  for (const role of ['controlling', 'controlled'] as const) {
    const one: IceAgent = new IceAgent(
      { local: US, remote: SERVER, role },
      (data) => later(() => two.receive(data, SOURCE)),
      SLOW,
    );
    const two: IceAgent = new IceAgent(
      { local: SERVER, remote: US, role },
      (data) => later(() => one.receive(data, SOURCE)),
      SLOW,
    );
    await Promise.all([one.connect(), two.connect()]);
    assert.deepEqual([one.role, two.role].toSorted(), ['controlled', 'controlling']);
    one.close();
    two.close();
  }
});

test('who is controlled waits for the other one to choose', async () => {
  const { agent, sent } = silent('controlled');
  let connected = false;
  const connecting = agent.connect().then(() => {
    connected = true;
  });
  answer(agent, sent[0]);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(connected, false);
  agent.receive(request('controlling', [[STUN_ATTRIBUTE.useCandidate, Buffer.alloc(0)]]), SOURCE);
  await connecting;
  agent.close();
});

test('who is controlled and never chosen says so', async () => {
  const { agent, sent } = silent('controlled', QUICK);
  const connecting = agent.connect();
  answer(agent, sent[0]);
  await assert.rejects(connecting, /does not nominate/);
  agent.close();
});

test('a server that does not answer is told of', async () => {
  const { agent, sent } = silent('controlling', QUICK);
  await assert.rejects(agent.connect(), /does not answer/);
  assert.equal(sent.length, 3);
  agent.close();
});

test('a check that is refused is told of with its reason', async () => {
  const { agent, sent } = silent('controlling');
  const connecting = agent.connect();
  const { transactionId } = parseStunMessage(sent[0] ?? Buffer.alloc(0));
  const attributes = new Map([[STUN_ATTRIBUTE.errorCode, writeErrorCode(401, 'Unauthenticated')]]);
  agent.receive(writeStunMessage({ type: STUN_TYPE.bindingError, transactionId, attributes }, SERVER.password), SOURCE);
  await assert.rejects(connecting, /401 Unauthenticated/);
  agent.close();
});

test("a server's check is answered with the address it came from, and checked back", async () => {
  const { agent, sent } = silent('controlled');
  agent.connect();
  agent.receive(request('controlling'), SOURCE);
  const [, response = Buffer.alloc(0), triggered = Buffer.alloc(0)] = sent;
  assert.ok(isAuthentic(response, US.password));
  const { type, transactionId, attributes } = parseStunMessage(response);
  assert.equal(type, STUN_TYPE.bindingResponse);
  assert.deepEqual(
    attributes.get(STUN_ATTRIBUTE.xorMappedAddress),
    writeXorAddress(SOURCE.address, SOURCE.port, transactionId),
  );
  const check = parseStunMessage(triggered);
  assert.equal(check.type, STUN_TYPE.bindingRequest);
  assert.ok(isAuthentic(triggered, SERVER.password));
  assert.ok(check.attributes.has(STUN_ATTRIBUTE.iceControlled));
  assert.ok(!check.attributes.has(STUN_ATTRIBUTE.useCandidate));
  agent.close();
});

test('a check by another password, or for another user, is left without an answer', () => {
  const { agent, sent } = silent('controlled');
  agent.receive(request('controlling', [], 'another'), SOURCE);
  agent.receive(request('controlling', [[STUN_ATTRIBUTE.username, Buffer.from('ours:else')]]), SOURCE);
  assert.deepEqual(sent, []);
});

test('of two who control, the one with the larger tie-breaker refuses the other', () => {
  const { agent, sent } = silent('controlling');
  agent.receive(request('controlling', [[STUN_ATTRIBUTE.iceControlling, Buffer.alloc(8)]]), SOURCE);
  const refusal = parseStunMessage(sent[0] ?? Buffer.alloc(0));
  assert.equal(refusal.type, STUN_TYPE.bindingError);
  assert.equal(readErrorCode(refusal.attributes.get(STUN_ATTRIBUTE.errorCode)).code, 487);
  assert.equal(agent.role, 'controlling');
  agent.receive(request('controlling', [[STUN_ATTRIBUTE.iceControlling, Buffer.alloc(8, 0xff)]]), SOURCE);
  assert.equal(parseStunMessage(sent[1] ?? Buffer.alloc(0)).type, STUN_TYPE.bindingResponse);
  assert.equal(agent.role, 'controlled');
});

test('who answers controls a server that is ICE-lite, and no other', () => {
  assert.equal(answererRole({ lite: true }), 'controlling');
  assert.equal(answererRole({ lite: false }), 'controlled');
});

/** An agent, and what it sends to nobody. */
function silent(role: IceRole, timing = SLOW): { agent: IceAgent; sent: Buffer[] } {
  const sent: Buffer[] = [];
  return { sent, agent: new IceAgent({ local: US, remote: SERVER, role }, (data) => sent.push(data), timing) };
}

/** A server's check. */
function request(role: IceRole, more: [number, Buffer][] = [], password = US.password): Buffer {
  const roleType = role === 'controlling' ? STUN_ATTRIBUTE.iceControlling : STUN_ATTRIBUTE.iceControlled;
  const attributes = new Map<number, Buffer>([
    [STUN_ATTRIBUTE.username, Buffer.from(`${US.usernameFragment}:${SERVER.usernameFragment}`)],
    [roleType, Buffer.alloc(8, 0x55)],
    ...more,
  ]);
  return writeStunMessage({ type: STUN_TYPE.bindingRequest, transactionId: newTransactionId(), attributes }, password);
}

function answer(agent: IceAgent, check: Buffer | undefined): void {
  const { transactionId } = parseStunMessage(check ?? Buffer.alloc(0));
  const attributes = new Map([
    [STUN_ATTRIBUTE.xorMappedAddress, writeXorAddress(SOURCE.address, SOURCE.port, transactionId)],
  ]);
  agent.receive(
    writeStunMessage({ type: STUN_TYPE.bindingResponse, transactionId, attributes }, SERVER.password),
    SOURCE,
  );
}

function later(action: () => void): void {
  setImmediate(action);
}

async function open(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}
