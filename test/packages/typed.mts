// How a user writes a test in TypeScript. It is only compiled, against the installed packages.
import { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime';
import { Participant, type RemoteAudio } from '@proscenium/participant';
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

const participant = await Participant.join('token', { subscribe: ({ userId }) => (userId ? 'AUDIO_ONLY' : 'NONE') });
participant.on('audio', async (audio: RemoteAudio, { attributes }) => {
  for await (const { samples } of audio.pcm({ sampleRate: 16_000 })) console.log(attributes.seat, samples.length);
  // @ts-expect-error Opus knows no such rate
  audio.pcm({ sampleRate: 44_100 });
});
const publication = await participant.publish({ audio: { opus: (async function* () {})() } });
publication.on('keyFrameRequested', () => publication.setMuted('audio', true));
