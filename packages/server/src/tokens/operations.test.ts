import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openControlPlane, scope } from '../control-plane.fixture.ts';
import { verifyParticipantToken } from './verify-participant-token.ts';

test('CreateParticipantToken makes a token for the stage', async (t) => {
  const { call, verification } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  const { participantToken } = await call('CreateParticipantToken', {
    stageArn: stage.arn,
    duration: 20_160,
    userId: 'ann',
    attributes: { seat: '12' },
    capabilities: ['SUBSCRIBE'],
  });
  const { token, participantId, ...rest } = participantToken;
  assert.deepEqual(rest, {
    userId: 'ann',
    attributes: { seat: '12' },
    duration: 20_160,
    capabilities: ['SUBSCRIBE'],
    expirationTime: '2026-12-05T20:00:00Z',
  });
  const claims = await verifyParticipantToken(token, verification);
  assert.equal(claims.participantId, participantId);
  assert.deepEqual(claims.stage, { ...scope, stageId: stage.arn.split('/')[1] });
  assert.deepEqual(claims.capabilities, { publish: false, subscribe: true });
});

test('CreateParticipantToken repeats only what was given', async (t) => {
  const { call } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  const { participantToken } = await call('CreateParticipantToken', { stageArn: stage.arn });
  assert.deepEqual(Object.keys(participantToken).sort(), ['expirationTime', 'participantId', 'token']);
  assert.equal(participantToken.expirationTime, '2026-11-22T08:00:00Z');
});

test('CreateParticipantToken takes capabilities as a set, and an empty one as none', async (t) => {
  const { call, verification } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  const cases = [
    { capabilities: ['PUBLISH', 'PUBLISH'], told: ['PUBLISH'], granted: { publish: true, subscribe: false } },
    { capabilities: [], told: [], granted: { publish: false, subscribe: false } },
  ];
  for (const { capabilities, told, granted } of cases) {
    const { participantToken } = await call('CreateParticipantToken', { stageArn: stage.arn, capabilities });
    assert.deepEqual(participantToken.capabilities, told);
    const claims = await verifyParticipantToken(participantToken.token, verification);
    assert.deepEqual([claims.capabilities, claims.selfSigned], [granted, false]);
  }
});

test('CreateParticipantToken makes another participant each time', async (t) => {
  const { call } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  const tokens = await Promise.all([1, 2, 3].map(() => call('CreateParticipantToken', { stageArn: stage.arn })));
  assert.equal(new Set(tokens.map(({ participantToken }) => participantToken.participantId)).size, 3);
});

test('CreateParticipantToken refuses what the documented limits forbid', async (t) => {
  const { call } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  const wrong = [
    { duration: 0 },
    { duration: 20_161 },
    { userId: 'x'.repeat(129) },
    { capabilities: ['LISTEN'] },
    { capabilities: ['PUBLISH', 'SUBSCRIBE', 'PUBLISH'] },
    { attributes: { k: 'x'.repeat(1_024) } },
    { attributes: { k: 'ä'.repeat(512) } },
  ];
  for (const members of wrong) {
    await assert.rejects(call('CreateParticipantToken', { stageArn: stage.arn, ...members }), {
      name: 'ValidationException',
    });
  }
  await call('CreateParticipantToken', { stageArn: stage.arn, attributes: { k: 'x'.repeat(1_023) } });
});

test('CreateParticipantToken does not find a stage of another account or region, or none', async (t) => {
  const { call } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  const notFound = { name: 'ResourceNotFoundException', message: 'Stage not found' };
  const stageArn = stage.arn;
  await assert.rejects(call('CreateParticipantToken', { stageArn }, { ...scope, region: 'eu-west-1' }), notFound);
  await assert.rejects(call('CreateParticipantToken', { stageArn }, { ...scope, account: '210987654321' }), notFound);
  await assert.rejects(call('CreateParticipantToken', { stageArn: `${stageArn}x` }), notFound);
  await call('DeleteStage', { arn: stageArn });
  await assert.rejects(call('CreateParticipantToken', { stageArn }), notFound);
});

test('CreateParticipantToken checks the attributes before it looks for the stage', async (t) => {
  const { call } = await openControlPlane(t);
  const stageArn = 'arn:aws:ivs:us-west-2:123456789012:stage/nowhere';
  await assert.rejects(call('CreateParticipantToken', { stageArn, attributes: { k: 'x'.repeat(1_024) } }), {
    name: 'ValidationException',
  });
});
