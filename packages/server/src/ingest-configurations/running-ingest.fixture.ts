import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Sfu, StageMedia } from '@proscenium/media';
import type { Event } from '@proscenium/model';
import { type Body, scope } from '../control-plane.fixture.ts';
import { silentLogger } from '../http/api-server.fixture.ts';
import type { StageRef } from '../participants/live-stages.ts';
import { listEvents } from '../participants/participant-event-table.ts';
import { findParticipant } from '../participants/participant-table.ts';
import { openStage } from '../participants/registry.fixture.ts';
import { findRunningSession } from '../participants/stage-session-table.ts';
import { admitParticipant } from '../tokens/admit-participant.ts';
import { HandEncoder } from './hand-encoder.fixture.ts';
import { createIngestConfiguration, getIngestConfiguration } from './ingest-configurations.fixture.ts';
import { IngestService } from './ingest-service.ts';

type Quotas = NonNullable<NonNullable<Parameters<typeof openStage>[1]>['quotas']>;

/** A stage with real media, encoders that are driven by hand, and a control plane that reaches both. */
export async function openIngest(t: TestContext, sfu: Sfu, quotas: Quotas = {}) {
  const running = await openStage(t, { sfu, quotas, admit: (claims) => admitParticipant(running.store.db, claims) });
  const { registry, stage, store, live, ingestStreams, clock } = running;
  const switches: string[] = [];
  const onSwitch = (cause: string) => void switches.push(cause);
  const service = new IngestService({ store, registry, clock, logger: silentLogger, onSwitch });
  ingestStreams.look = (configuration) => service.disconnect(configuration);
  let media: StageMedia | undefined;
  const createStageMedia = sfu.createStage.bind(sfu);
  t.mock.method(sfu, 'createStage', async () => {
    media = await createStageMedia();
    return media;
  });
  const stageArn = `arn:aws:ivs:${scope.region}:${scope.account}:stage/${stage.stageId}`;
  live.look = async (ref) => {
    for (const id of registry.publishers(ref)) await registry.disconnectParticipant(ref, id);
  };

  /** Has packets of a participant come. */
  function hear(participantId: string): void {
    const producers = media?.publisher(participantId)?.producers;
    assert.ok(producers);
    for (const producer of producers.values()) producer.emit('score', []);
  }

  async function sessionId(ref: StageRef = stage): Promise<string> {
    await registry.write(ref, async () => {}); // comes after whatever the stage had to write
    return (await findRunningSession(store.db, ref))?.sessionId ?? '';
  }
  return {
    ...running,
    service,
    switches,
    stageArn,
    configure: (input: object = {}): Promise<Body> => createIngestConfiguration(running, { stageArn, ...input }),
    stateOf: async ({ arn }: Body): Promise<string> => (await getIngestConfiguration(running, arn)).state,
    /** Comes with a key, which must be good, and has packets come. */
    async publish({ streamKey, participantId }: { streamKey: string; participantId: string }): Promise<HandEncoder> {
      const encoder = new HandEncoder(streamKey);
      assert.equal(await service.admit(encoder), undefined);
      hear(participantId);
      return encoder;
    },
    hear,
    media: () => media ?? assert.fail('nobody publishes'),
    /** Comes with a key that is no good, and is told so. */
    async refused(streamKey: string, protocol?: 'RTMP' | 'RTMPS'): Promise<string> {
      const refusal = await service.admit(new HandEncoder(streamKey, protocol));
      assert.ok(refusal);
      assert.ok(streamKey === '' || !refusal.description.includes(streamKey));
      return refusal.description;
    },
    participant: async (participantId: string) => findParticipant(store.db, stage, await sessionId(), participantId),
    /** Oldest first. */
    async eventsOf(participantId: string, ref: StageRef = stage): Promise<string[]> {
      const slice = { before: Number.MAX_SAFE_INTEGER, limit: 100 };
      const events = await listEvents(store.db, ref, await sessionId(ref), participantId, slice);
      return events.map(({ event }) => describe(event)).reverse();
    },
  };
}

const describe = ({ name, errorCode }: Event) => (errorCode ? `${name} ${errorCode}` : String(name));
