import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSessionId } from '@proscenium/model';
import { type Body, type ControlPlane, elsewhere, openControlPlane, scope } from '../control-plane.fixture.ts';
import { closeSession, openSession } from '../participants/history.ts';
import { recordingRecord } from '../recordings/recording-record.fixture.ts';
import { insertRecording, type RecordingRecord, updateRecording } from '../recordings/recording-table.ts';
import { verifyParticipantToken } from '../tokens/verify-participant-token.ts';

const notFound = { name: 'ResourceNotFoundException', message: 'Stage not found' };
const unknownStage = 'arn:aws:ivs:us-west-2:123456789012:stage/nowhere';
const unknownStorage = 'arn:aws:ivs:us-west-2:123456789012:storage-configuration/nowhere';

const defaultRecording = {
  storageConfigurationArn: '',
  mediaTypes: ['AUDIO_VIDEO'],
  thumbnailConfiguration: { targetIntervalSeconds: 60, storage: ['SEQUENTIAL'], recordingMode: 'DISABLED' },
  recordingReconnectWindowSeconds: 0,
  hlsConfiguration: { targetSegmentDurationSeconds: 6 },
  recordParticipantReplicas: true,
};

async function createStorage({ call }: ControlPlane): Promise<string> {
  const { storageConfiguration } = await call('CreateStorageConfiguration', { s3: { bucketName: 'show-archive' } });
  return storageConfiguration.arn;
}

function refOf({ arn }: { arn: string }) {
  return { ...scope, stageId: arn.split('/')[1] ?? '' };
}

test('CreateStage without anything makes a stage with every default', async (t) => {
  const { call } = await openControlPlane(t);
  const answer = await call('CreateStage');
  const { arn, ...stage } = answer.stage;
  assert.match(arn, /^arn:aws:ivs:us-west-2:123456789012:stage\/[a-zA-Z0-9]{12}$/);
  assert.deepEqual(stage, {
    name: '',
    activeSessionId: '',
    tags: {},
    autoParticipantRecordingConfiguration: defaultRecording,
    endpoints: {
      events: 'ws://127.0.0.1:8080/events',
      whip: `http://127.0.0.1:8080/whip/${arn.split('/')[1]}`,
      rtmp: 'rtmp://127.0.0.1:1935/app/',
      rtmps: 'rtmps://127.0.0.1:443/app/',
    },
  });
  assert.equal('participantTokens' in answer, false);
});

test('CreateStage makes the tokens that it is asked for, in order', async (t) => {
  const { call, verification } = await openControlPlane(t);
  const { stage, participantTokens } = await call('CreateStage', {
    name: 'friday-show',
    tags: { team: 'red' },
    participantTokenConfigurations: [
      { userId: 'host-1', capabilities: ['PUBLISH', 'SUBSCRIBE'], duration: 60, attributes: { role: 'host' } },
      { userId: 'guest-7', capabilities: ['SUBSCRIBE'] },
    ],
  });
  assert.equal(stage.name, 'friday-show');
  assert.deepEqual(stage.tags, { team: 'red' });
  const answers = participantTokens.map(({ participantId, token, ...rest }: Body) => rest);
  assert.deepEqual(answers, [
    {
      userId: 'host-1',
      attributes: { role: 'host' },
      duration: 60,
      capabilities: ['PUBLISH', 'SUBSCRIBE'],
      expirationTime: '2026-11-21T21:00:00Z',
    },
    { userId: 'guest-7', capabilities: ['SUBSCRIBE'], expirationTime: '2026-11-22T08:00:00Z' },
  ]);
  for (const { participantId, token } of participantTokens) {
    const claims = await verifyParticipantToken(token, verification);
    assert.equal(claims.participantId, participantId);
    assert.deepEqual(claims.stage, refOf(stage));
  }
});

test('CreateStage makes 12 tokens and not 13', async (t) => {
  const { call } = await openControlPlane(t);
  const tokens = (length: number) => ({ participantTokenConfigurations: Array.from({ length }, () => ({})) });
  assert.equal((await call('CreateStage', tokens(12))).participantTokens.length, 12);
  await assert.rejects(call('CreateStage', tokens(13)), { name: 'ValidationException' });
});

test('CreateStage fills the recording settings that are left out', async (t) => {
  const plane = await openControlPlane(t);
  const storageConfigurationArn = await createStorage(plane);
  const cases = [
    [{ recordingReconnectWindowSeconds: 100, hlsConfiguration: { targetSegmentDurationSeconds: 5 } }, {}],
    [{ thumbnailConfiguration: { recordingMode: 'INTERVAL', targetIntervalSeconds: 10 } }, { storage: ['SEQUENTIAL'] }],
    [{ thumbnailConfiguration: { recordingMode: 'INTERVAL' } }, { targetIntervalSeconds: 60, storage: ['SEQUENTIAL'] }],
    [{ mediaTypes: ['AUDIO_ONLY'], recordParticipantReplicas: false }, {}],
  ] as const;
  for (const [given, filledThumbnails] of cases) {
    const wish = { storageConfigurationArn, ...given };
    const { stage } = await plane.call('CreateStage', { autoParticipantRecordingConfiguration: wish });
    assert.deepEqual(stage.autoParticipantRecordingConfiguration, {
      ...defaultRecording,
      ...wish,
      thumbnailConfiguration: {
        ...defaultRecording.thumbnailConfiguration,
        ...('thumbnailConfiguration' in given && given.thumbnailConfiguration),
        ...filledThumbnails,
      },
    });
  }
});

test('CreateStage takes empty lists as left out and thumbnail storage as a set', async (t) => {
  const plane = await openControlPlane(t);
  const storageConfigurationArn = await createStorage(plane);
  const record = async (storage: string[]) => {
    const { stage } = await plane.call('CreateStage', {
      autoParticipantRecordingConfiguration: {
        storageConfigurationArn,
        mediaTypes: [],
        thumbnailConfiguration: { storage },
      },
    });
    return stage.autoParticipantRecordingConfiguration;
  };
  const filled = await record([]);
  assert.deepEqual(filled, { ...defaultRecording, storageConfigurationArn });
  assert.deepEqual((await record(['LATEST', 'LATEST'])).thumbnailConfiguration.storage, ['LATEST']);
  assert.deepEqual((await record(['LATEST', 'SEQUENTIAL'])).thumbnailConfiguration.storage, ['LATEST', 'SEQUENTIAL']);
});

test('CreateStage without storage puts every recording setting back to its default', async (t) => {
  const { call } = await openControlPlane(t);
  const { stage } = await call('CreateStage', {
    autoParticipantRecordingConfiguration: { storageConfigurationArn: '', recordingReconnectWindowSeconds: 100 },
  });
  assert.deepEqual(stage.autoParticipantRecordingConfiguration, defaultRecording);
});

test('CreateStage refuses a storage configuration that is not there, and makes no stage', async (t) => {
  const plane = await openControlPlane(t);
  const own = await createStorage(plane);
  const wrong = [
    unknownStorage,
    own.replace('us-west-2', 'eu-west-1'),
    own.replace('123456789012', '210987654321'),
    own.replace('storage-configuration', 'stage'),
  ];
  for (const storageConfigurationArn of wrong) {
    await assert.rejects(
      plane.call('CreateStage', { autoParticipantRecordingConfiguration: { storageConfigurationArn } }),
      { name: 'ValidationException' },
    );
  }
  assert.deepEqual(await plane.call('ListStages'), { stages: [] });
});

test('CreateStage refuses what the documented limits forbid', async (t) => {
  const { call } = await openControlPlane(t);
  const wrong = [
    { name: 'a b' },
    { name: 'x'.repeat(129) },
    { tags: { 'aws:team': 'red' } },
    { tags: { '': 'red' } },
    { tags: { team: 'x'.repeat(257) } },
    { tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, ''])) },
    { participantTokenConfigurations: [{}, { attributes: { k: 'x'.repeat(1_024) } }] },
    { participantTokenConfigurations: [{ duration: 20_161 }] },
    { autoParticipantRecordingConfiguration: {} },
    { autoParticipantRecordingConfiguration: { storageConfigurationArn: '', recordingReconnectWindowSeconds: 301 } },
  ];
  for (const input of wrong) {
    await assert.rejects(call('CreateStage', input), { name: 'ValidationException' }, JSON.stringify(input));
  }
  assert.deepEqual(await call('ListStages'), { stages: [] });
});

test('CreateStage stops at the quota of the account and region', async (t) => {
  const { call } = await openControlPlane(t, { stages: 2 });
  const { stage } = await call('CreateStage', { name: 'same' });
  await call('CreateStage', { name: 'same' });
  await assert.rejects(call('CreateStage'), { name: 'ServiceQuotaExceededException', status: 402 });
  for (const other of elsewhere) await call('CreateStage', {}, other);
  await call('DeleteStage', { arn: stage.arn });
  await call('CreateStage');
});

test('GetStage shows the stage, and its session while one runs', async (t) => {
  const { call, store } = await openControlPlane(t);
  const { stage } = await call('CreateStage', { name: 'friday-show', tags: { team: 'red' } });
  assert.deepEqual(await call('GetStage', { arn: stage.arn }), { stage });

  const sessionId = createSessionId();
  const startTime = new Date('2026-11-21T20:01:02.345Z');
  await store.write((trx) => openSession(trx, refOf(stage), { sessionId, startTime }));
  assert.deepEqual(await call('GetStage', { arn: stage.arn }), { stage: { ...stage, activeSessionId: sessionId } });
  const { stages } = await call('ListStages');
  assert.equal(stages[0].activeSessionId, sessionId);
  assert.equal((await call('UpdateStage', { arn: stage.arn })).stage.activeSessionId, sessionId);

  await store.write((trx) => closeSession(trx, refOf(stage), sessionId, new Date('2026-11-21T21:00:00Z')));
  assert.deepEqual(await call('GetStage', { arn: stage.arn }), { stage });
});

test('GetStage does not find a stage of another account or region, or none', async (t) => {
  const { call } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  for (const other of elsewhere) await assert.rejects(call('GetStage', { arn: stage.arn }, other), notFound);
  // Nor when the caller puts its own account or region into the ARN.
  const moved = stage.arn.replace('us-west-2', 'eu-west-1');
  await assert.rejects(call('GetStage', { arn: moved }, { ...scope, region: 'eu-west-1' }), notFound);
  await assert.rejects(call('GetStage', { arn: unknownStage }), notFound);
  await assert.rejects(call('GetStage', { arn: 'stage' }), { name: 'ValidationException' });
});

test('ListStages shows the own stages, newest first', async (t) => {
  const { call } = await openControlPlane(t);
  const { stage: older } = await call('CreateStage', { name: 'older', tags: { team: 'red' } });
  const { stage: newer } = await call('CreateStage', { name: 'newer' });
  const { stage: foreign } = await call('CreateStage', {}, elsewhere[0]);
  assert.deepEqual(await call('ListStages'), {
    stages: [
      { arn: newer.arn, name: 'newer', activeSessionId: '', tags: {} },
      { arn: older.arn, name: 'older', activeSessionId: '', tags: { team: 'red' } },
    ],
  });
  const { stages } = await call('ListStages', {}, elsewhere[0]);
  assert.deepEqual(
    stages.map(({ arn }: Body) => arn),
    [foreign.arn],
  );
  assert.deepEqual(await call('ListStages', {}, elsewhere[1]), { stages: [] });
});

test('UpdateStage changes what it is given and leaves the rest', async (t) => {
  const plane = await openControlPlane(t);
  const storageConfigurationArn = await createStorage(plane);
  const recording = { storageConfigurationArn, mediaTypes: ['AUDIO_ONLY'] };
  const { stage } = await plane.call('CreateStage', {
    name: 'before',
    tags: { team: 'red' },
    autoParticipantRecordingConfiguration: recording,
  });
  const renamed = { ...stage, name: 'after' };
  assert.deepEqual(await plane.call('UpdateStage', { arn: stage.arn, name: 'after' }), { stage: renamed });
  assert.deepEqual(await plane.call('GetStage', { arn: stage.arn }), { stage: renamed });
  assert.equal((await plane.call('UpdateStage', { arn: stage.arn, name: '' })).stage.name, '');
});

test('UpdateStage replaces the recording settings as a whole', async (t) => {
  const plane = await openControlPlane(t);
  const storageConfigurationArn = await createStorage(plane);
  const { stage } = await plane.call('CreateStage', {
    autoParticipantRecordingConfiguration: { storageConfigurationArn, mediaTypes: ['AUDIO_ONLY'] },
  });
  const update = async (autoParticipantRecordingConfiguration: object) => {
    const answer = await plane.call('UpdateStage', { arn: stage.arn, autoParticipantRecordingConfiguration });
    return answer.stage.autoParticipantRecordingConfiguration;
  };
  assert.deepEqual(await update({ storageConfigurationArn, recordingReconnectWindowSeconds: 7 }), {
    ...defaultRecording,
    storageConfigurationArn,
    recordingReconnectWindowSeconds: 7,
  });
  assert.deepEqual(await update({ storageConfigurationArn: '', recordingReconnectWindowSeconds: 7 }), defaultRecording);
  await assert.rejects(update({ recordingReconnectWindowSeconds: 7 }), { name: 'ValidationException' });
});

test('UpdateStage does not find a stage or storage configuration that is not there', async (t) => {
  const { call } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  for (const other of elsewhere) {
    await assert.rejects(call('UpdateStage', { arn: stage.arn, name: 'mine' }, other), notFound);
  }
  await assert.rejects(call('UpdateStage', { arn: unknownStage }), notFound);
  await assert.rejects(
    call('UpdateStage', {
      arn: stage.arn,
      name: 'after',
      autoParticipantRecordingConfiguration: { storageConfigurationArn: unknownStorage },
    }),
    { name: 'ResourceNotFoundException', message: 'Storage configuration not found' },
  );
  assert.deepEqual(await call('GetStage', { arn: stage.arn }), { stage });
});

test('UpdateStage refuses other recording settings while a participant is being recorded', async (t) => {
  const plane = await openControlPlane(t);
  const { call, store } = plane;
  const storageConfigurationArn = await createStorage(plane);
  const { stage } = await call('CreateStage', {
    autoParticipantRecordingConfiguration: { storageConfigurationArn },
  });
  const change = (recordingReconnectWindowSeconds: number) =>
    call('UpdateStage', {
      arn: stage.arn,
      name: 'after',
      autoParticipantRecordingConfiguration: { storageConfigurationArn, recordingReconnectWindowSeconds },
    });
  const recording = recordingRecord({ stage: refOf(stage) });
  await store.write((trx) => insertRecording(trx, recording));
  const become = (members: Partial<RecordingRecord>) =>
    store.write((trx) => updateRecording(trx, { ...recording, ...members }));

  for (const state of ['STARTING', 'ACTIVE', 'STOPPING'] as const) {
    await become({ state });
    await assert.rejects(change(5), { name: 'ConflictException' });
    assert.equal((await call('GetStage', { arn: stage.arn })).stage.name, '');
  }
  await change(0);
  assert.equal((await call('GetStage', { arn: stage.arn })).stage.name, 'after');
  await become({ state: 'STOPPED' });
  await change(5);
  await become({ state: 'FAILED' });
  await change(6);
  // Who is waited for is not being recorded.
  await become({ state: 'ACTIVE', waitEndTime: new Date() });
  await change(7);
});

test('DeleteStage removes the stage first and ends what runs on it then', async (t) => {
  const { call, live } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  live.look = () => assert.rejects(call('GetStage', { arn: stage.arn }), notFound);
  assert.deepEqual((await call('DeleteStage', { arn: stage.arn })) ?? {}, {});
  assert.deepEqual(live.calls, [['endStage', refOf(stage)]]);
  await assert.rejects(call('DeleteStage', { arn: stage.arn }), notFound);
  assert.equal(live.calls.length, 1);
});

test('DeleteStage lets everything go although the live stage could not be ended', async (t) => {
  const { call, live, ingestStreams } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  await call('CreateIngestConfiguration', { stageArn: stage.arn, ingestProtocol: 'RTMPS' });
  live.look = () => Promise.reject(new Error('the disk is full'));
  await assert.rejects(call('DeleteStage', { arn: stage.arn }), /the disk is full/);
  assert.equal(ingestStreams.disconnected.length, 1);
  await assert.rejects(call('GetStage', { arn: stage.arn }), notFound);
});

test('DeleteStage does not touch a stage of another account or region', async (t) => {
  const { call, live } = await openControlPlane(t);
  const { stage } = await call('CreateStage');
  for (const other of elsewhere) await assert.rejects(call('DeleteStage', { arn: stage.arn }, other), notFound);
  assert.deepEqual(live.calls, []);
  await call('GetStage', { arn: stage.arn });
});
