// How a user writes a test in TypeScript. It is only compiled, against the installed packages.
import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime';
import { type Failure, type Proscenium, startProscenium } from '@proscenium/testing';

const failure: Failure = { error: 'ThrottlingException', times: 2 };
const server: Proscenium = await startProscenium({ media: false, config: { quotas: { stages: 1 } } });
const client = new IVSRealTimeClient(server.clientConfig);
const time: Date = await server.clock.advance({ minutes: 15 });
await server.failures.inject('CreateStage', failure);
console.log(client.config.serviceId, time.toISOString(), server.logs.length);
// @ts-expect-error there is no such member
await server.clock.advance({ fortnights: 1 });
await server.close();
