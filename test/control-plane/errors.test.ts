import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import {
  AccessDeniedException,
  ConflictException,
  CreateStageCommand,
  CreateStorageConfigurationCommand,
  DeleteStorageConfigurationCommand,
  GetStageCommand,
  InternalServerException,
  IVSRealTimeClient,
  IVSRealTimeServiceException,
  ListEncoderConfigurationsCommand,
  ListStagesCommand,
  PendingVerification,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  ValidationException,
} from '@aws-sdk/client-ivs-realtime';
import { createDataFolder } from '../support/data-folder.ts';
import { startServer } from '../support/server.ts';

const pendingKey = { accessKeyId: 'PRSCOFPENDING', secretAccessKey: 'the-secret-of-a-pending-account' };
const pending = { id: '111122223333', state: 'PENDING_VERIFICATION' };
const settings = {
  accounts: [pending],
  accessKeys: [{ ...pendingKey, account: pending.id }],
  quotas: { storageConfigurations: 1 },
};
const missing = 'arn:aws:ivs:us-west-2:123456789012:stage/NothingHere0';

test('The JavaScript SDK knows every error that the model has by its class', async (t) => {
  const dataFolder = await createDataFolder(t);
  const config = path.join(dataFolder, 'config.yaml');
  await writeFile(config, JSON.stringify(settings));
  const env = { PROSCENIUM_TESTING_ENABLED: 'true' };
  const server = await startServer({ dataFolder, env, args: ['--config', config] });
  t.after(() => server.stop());
  const { client, endpoint, region } = server;

  const bucket = { s3: { bucketName: 'show-archive' } };
  const { storageConfiguration } = await client.send(new CreateStorageConfigurationCommand(bucket));
  const { arn } = storageConfiguration ?? {};
  const recording = { autoParticipantRecordingConfiguration: { storageConfigurationArn: arn } };
  await client.send(new CreateStageCommand(recording));
  const unverified = server.clientWith(pendingKey);
  const misled = new IVSRealTimeClient({ endpoint, region, credentials: client.config.credentials });
  misled.middlewareStack.add(
    (next) => (call) => {
      (call.request as { headers: Record<string, string> }).headers.host = 'rebound.example';
      return next(call);
    },
    { step: 'build' },
  );
  t.after(() => [unverified, misled].map((each) => each.destroy()));

  const errors = [
    [ValidationException, 400, () => client.send(new CreateStageCommand({ name: 'a b' }))],
    [ServiceQuotaExceededException, 402, () => client.send(new CreateStorageConfigurationCommand(bucket))],
    [AccessDeniedException, 403, () => misled.send(new ListStagesCommand())],
    [PendingVerification, 403, () => unverified.send(new CreateStageCommand())],
    [ResourceNotFoundException, 404, () => client.send(new GetStageCommand({ arn: missing }))],
    [ConflictException, 409, () => client.send(new DeleteStorageConfigurationCommand({ arn }))],
  ] as const;
  for (const [errorClass, status, call] of errors) {
    await t.test(errorClass.name, () => isKnown(call(), errorClass, status));
  }

  // The one that nothing should provoke: it fails by order.
  const failure = new URL('/proscenium/testing/failures/ListEncoderConfigurations', endpoint);
  const headers = { 'content-type': 'application/json' };
  await fetch(failure, { method: 'PUT', headers, body: JSON.stringify({ error: 'InternalServerException' }) });
  await t.test('InternalServerException', async () => {
    await isKnown(client.send(new ListEncoderConfigurationsCommand()), InternalServerException, 500);
  });
});

/** The call is refused with an error of this class, which has all that the answer told. */
async function isKnown(
  call: Promise<unknown>,
  errorClass: new (...settings: never[]) => IVSRealTimeServiceException,
  status: number,
): Promise<void> {
  const error = await call.then(
    () => assert.fail('was accepted'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof errorClass, String(error));
  assert.ok(error instanceof IVSRealTimeServiceException);
  assert.equal(error.name, errorClass.name);
  assert.equal(error.$metadata.httpStatusCode, status);
  assert.equal(error.$fault, status < 500 ? 'client' : 'server');
  assert.match(String(error.$metadata.requestId), /^[0-9a-f-]{36}$/);
  assert.equal(Reflect.get(error, 'exceptionMessage'), error.message);
  assert.equal(Reflect.get(error, 'xFrameOptions'), 'DENY');
}
