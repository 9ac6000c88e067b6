import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  CreateEncoderConfigurationCommand,
  CreateIngestConfigurationCommand,
  CreateParticipantTokenCommand,
  CreateStageCommand,
  CreateStorageConfigurationCommand,
  DeleteEncoderConfigurationCommand,
  DeleteIngestConfigurationCommand,
  DeletePublicKeyCommand,
  DeleteStageCommand,
  DeleteStorageConfigurationCommand,
  ImportPublicKeyCommand,
  type IVSRealTimeClient,
  paginateListCompositions,
  paginateListEncoderConfigurations,
  paginateListIngestConfigurations,
  paginateListParticipantEvents,
  paginateListParticipants,
  paginateListPublicKeys,
  paginateListStageSessions,
  paginateListStages,
  paginateListStorageConfigurations,
  StartCompositionCommand,
} from '@aws-sdk/client-ivs-realtime';
import { connectEvents } from '../support/events-socket.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const staying = 7;
const pageSize = 3;
const env = {
  PROSCENIUM_QUOTAS_STORAGE_CONFIGURATIONS: '100',
  PROSCENIUM_QUOTAS_PUBLIC_KEYS: '100',
  PROSCENIUM_QUOTAS_COMPOSITIONS: '100',
  PROSCENIUM_QUOTAS_COMPOSITIONS_PER_STAGE: '100',
  PROSCENIUM_LIMITS_SESSION_LINGER_SECONDS: '0',
  PROSCENIUM_LIMITS_RECONNECT_GRACE_SECONDS: '0',
};

type Name = string | undefined;

/** A list of the API while others work on what it lists. */
type Listing = {
  /** Makes one row more. Returns what tells it from the others. */
  come: () => Promise<Name>;
  /** Takes a row away; left out where nothing does that. */
  go?: (row: Name) => Promise<unknown>;
  pages: () => AsyncIterable<Name[]>;
};

/** Asks for page after page, and between them rows come and go among those that stay. */
async function checkListing({ come, go, pages }: Listing): Promise<void> {
  const stays: Name[] = [];
  const goes: Name[] = [];
  for (let row = 0; row < staying; row += 1) {
    stays.push(await come());
    if (go) goes.push(await come());
  }
  const seen: Name[] = [];
  let turns = 0;
  for await (const rows of pages()) {
    seen.push(...rows);
    turns += 1;
    await come();
    // In turn one of the oldest, which are yet to be seen, and of the newest, which were.
    await go?.(turns % 2 === 0 ? goes.pop() : goes.shift());
  }
  assert.ok(turns >= 3);
  assert.equal(new Set(seen).size, seen.length, `a row came up twice: ${seen.join(' ')}`);
  assert.deepEqual(
    stays.filter((row) => !seen.includes(row)),
    [],
  );
}

/** The names of the rows of each page. */
async function* names<Page, Row>(
  pages: AsyncIterable<Page>,
  rows: (page: Page) => Row[] | undefined,
  name: (row: Row) => Name,
): AsyncIterable<Name[]> {
  for await (const page of pages) yield (rows(page) ?? []).map(name);
}

const arnOf = ({ arn }: { arn?: string }) => arn;

describe('A row that is there all the time comes up exactly once, whatever comes and goes, in the list of', () => {
  let server: ServerProcess;
  let client: IVSRealTimeClient;

  before(async () => {
    server = await startServer({ env });
    client = server.client;
  });
  after(() => server?.stop());

  test('stages', () =>
    checkListing({
      come: async () => (await client.send(new CreateStageCommand())).stage?.arn,
      go: (arn) => client.send(new DeleteStageCommand({ arn })),
      pages: () => names(paginateListStages({ client, pageSize }, {}), ({ stages }) => stages, arnOf),
    }));

  test('storage configurations', () => {
    const create = new CreateStorageConfigurationCommand({ s3: { bucketName: 'show-archive' } });
    const pages = paginateListStorageConfigurations({ client, pageSize }, {});
    return checkListing({
      come: async () => (await client.send(create)).storageConfiguration?.arn,
      go: (arn) => client.send(new DeleteStorageConfigurationCommand({ arn })),
      pages: () => names(pages, ({ storageConfigurations }) => storageConfigurations, arnOf),
    });
  });

  test('encoder configurations', () => {
    const pages = paginateListEncoderConfigurations({ client, pageSize }, {});
    return checkListing({
      come: async () => (await client.send(new CreateEncoderConfigurationCommand())).encoderConfiguration?.arn,
      go: (arn) => client.send(new DeleteEncoderConfigurationCommand({ arn })),
      pages: () => names(pages, ({ encoderConfigurations }) => encoderConfigurations, arnOf),
    });
  });

  test('ingest configurations', () => {
    const create = new CreateIngestConfigurationCommand({ ingestProtocol: 'RTMPS' });
    const pages = paginateListIngestConfigurations({ client, pageSize }, {});
    return checkListing({
      come: async () => (await client.send(create)).ingestConfiguration?.arn,
      go: (arn) => client.send(new DeleteIngestConfigurationCommand({ arn })),
      pages: () => names(pages, ({ ingestConfigurations }) => ingestConfigurations, arnOf),
    });
  });

  test('public keys', () => {
    const newKey = () =>
      generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ type: 'spki', format: 'pem' }).toString();
    return checkListing({
      come: async () => {
        const { publicKey } = await client.send(new ImportPublicKeyCommand({ publicKeyMaterial: newKey() }));
        return publicKey?.arn;
      },
      go: (arn) => client.send(new DeletePublicKeyCommand({ arn })),
      pages: () => names(paginateListPublicKeys({ client, pageSize }, {}), ({ publicKeys }) => publicKeys, arnOf),
    });
  });

  test('compositions', async () => {
    const { stage } = await client.send(new CreateStageCommand());
    let channels = 0;
    await checkListing({
      come: async () => {
        channels += 1;
        const channelArn = stage?.arn?.replace(/stage\/.*/, `channel/channel${channels}`);
        const destinations = [{ channel: { channelArn } }];
        const { composition } = await client.send(new StartCompositionCommand({ stageArn: stage?.arn, destinations }));
        return composition?.arn;
      },
      pages: () => names(paginateListCompositions({ client, pageSize }, {}), ({ compositions }) => compositions, arnOf),
    });
  });

  test('stage sessions', async () => {
    const stage = await TestStage.create(server, ['alice']);
    const pages = paginateListStageSessions({ client, pageSize }, { stageArn: stage.arn });
    await checkListing({
      come: async () => {
        const socket = await connectEvents(stage.invited('alice').token);
        const sessionId = await stage.activeSessionId();
        socket.close();
        await stage.untilSessionEnds(sessionId);
        return sessionId;
      },
      pages: () =>
        names(
          pages,
          ({ stageSessions }) => stageSessions,
          ({ sessionId }) => sessionId,
        ),
    });
  });

  test('participants', async (t) => {
    const stage = await TestStage.create(server, ['first']);
    const { arn: stageArn } = stage;
    const join = async (token = '') => {
      const socket = await connectEvents(token);
      t.after(() => socket.close());
    };
    await join(stage.invited('first').token);
    const sessionId = await stage.activeSessionId();
    await checkListing({
      come: async () => {
        const { participantToken } = await client.send(new CreateParticipantTokenCommand({ stageArn }));
        await join(participantToken?.token);
        return participantToken?.participantId;
      },
      pages: () =>
        names(
          paginateListParticipants({ client, pageSize }, { stageArn, sessionId }),
          ({ participants }) => participants,
          ({ participantId }) => participantId,
        ),
    });
  });

  test('participant events', async (t) => {
    const stage = await TestStage.create(server, ['first', 'alice']);
    const first = await connectEvents(stage.invited('first').token);
    t.after(() => first.close());
    const sessionId = await stage.activeSessionId();
    const { participantId, token } = stage.invited('alice');
    const nameOf = ({ name, eventTime }: { name?: string; eventTime?: Date }) => `${name} ${eventTime?.toISOString()}`;
    let left = 0;
    await checkListing({
      come: async () => {
        (await connectEvents(token)).close();
        left += 1;
        const events = await until(
          () => stage.events(sessionId, participantId),
          (known) => known.filter(({ name }) => name === 'LEFT').length === left,
        );
        return nameOf(events.at(-1) ?? {});
      },
      pages: () =>
        names(
          paginateListParticipantEvents({ client, pageSize }, { stageArn: stage.arn, sessionId, participantId }),
          ({ events }) => events,
          nameOf,
        ),
    });
  });
});
