const { CreateStageCommand, IVSRealTimeClient, ListStagesCommand } = require('@aws-sdk/client-ivs-realtime');
const { startProscenium } = require('@proscenium/testing');

let server;
let client;

beforeAll(async () => {
  server = await startProscenium();
  client = new IVSRealTimeClient(server.clientConfig);
}, 60_000);
afterAll(() => server.close());
beforeEach(() => server.reset());

test('a stage that was made is listed', async () => {
  await client.send(new CreateStageCommand({ name: 'friday-show' }));
  const { stages } = await client.send(new ListStagesCommand());
  expect(stages).toMatchObject([{ name: 'friday-show' }]);
});

test('a connection that breaks is made again', async () => {
  await server.failures.inject('ListStages', { connection: 'drop', times: 1 });
  const { $metadata } = await client.send(new ListStagesCommand());
  expect($metadata.attempts).toBe(2);
});
