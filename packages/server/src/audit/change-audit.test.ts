import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type AccessFixture, openAccess } from '../access/access.fixture.ts';
import { silentLogger } from '../http/api-server.fixture.ts';
import { createAccessKeys } from '../identity/access-keys.ts';
import { until } from '../until.fixture.ts';
import { formatChangeRecord } from './audit-record.ts';
import { startAudit } from './start-audit.ts';

async function startedOn(t: TestContext, { store, clock }: AccessFixture) {
  const folder = await mkdtemp(join(tmpdir(), 'proscenium-audit-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'audit.log');
  const accessKeys = createAccessKeys([]);
  const audit = await startAudit({ file }, { store, clock, logger: silentLogger, accessKeys, regions: [] });
  const records = async () => {
    const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line));
  };
  return { audit, records };
}

test('changes from before the start come first, later ones within a second, none twice', async (t) => {
  const access = await openAccess(t);
  await access.users.create('bob', ['IVSReadOnlyAccess']);
  const first = await startedOn(t, access);
  await until(first.records, (records) => records.length === 1);
  await access.keys.create('bob');
  await until(
    () => access.clock.alarms,
    (alarms) => alarms === 1,
  );
  access.clock.advance(1_000);
  const records = await until(first.records, (all) => all.length === 2);
  assert.deepEqual(
    records.map(({ eventName }) => eventName),
    ['CreateUser', 'CreateAccessKey'],
  );
  const { eventID, ...record } = records[0];
  assert.match(eventID, /^[0-9a-f]{8}-/);
  assert.deepEqual(record, {
    eventVersion: '1.11',
    userIdentity: { type: 'Unknown', accountId: '123456789012', userName: 'root@host' },
    eventTime: '2026-11-21T20:00:00Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateUser',
    userAgent: 'proscenium access',
    requestParameters: { userName: 'bob', policies: ['IVSReadOnlyAccess'] },
    responseElements: null,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '123456789012',
    eventCategory: 'Management',
  });
  await first.audit.close();

  await access.users.delete('bob');
  const second = await startedOn(t, access);
  const [last] = await until(second.records, (all) => all.length === 1);
  assert.equal(last.eventName, 'DeleteUser');
  await second.audit.close();
  assert.equal(access.clock.alarms, 0);
});

test('a change by a signed call names the user who made it', () => {
  const record = formatChangeRecord({
    id: '1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b',
    account: '123456789012',
    name: 'CreateUser',
    actor: 'arn:aws:iam::123456789012:user/admin',
    time: new Date('2026-11-21T20:00:00Z'),
    parameters: { userName: 'bob' },
  });
  const { userIdentity, userAgent } = JSON.parse(record);
  const arn = 'arn:aws:iam::123456789012:user/admin';
  assert.deepEqual(userIdentity, { type: 'IAMUser', arn, accountId: '123456789012', userName: 'admin' });
  assert.equal(userAgent, undefined);
});
