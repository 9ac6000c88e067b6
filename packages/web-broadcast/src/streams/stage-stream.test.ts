import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type LocalStageStream, LocalStageStreamEvents } from './local-stage-stream.ts';
import { type RemoteStageStream, RemoteStageStreamEvents } from './remote-stage-stream.ts';
import type { StageStream } from './stage-stream.ts';

/** The events to which a kind of stream can be listened, as the compiler knows them. */
type EventOf<Stream extends StageStream> = Parameters<Stream['on']>[0];

it('streams take listeners for what they tell, and for nothing else', () => {
  const local: Record<EventOf<LocalStageStream>, LocalStageStreamEvents> = LocalStageStreamEvents;
  const remote: Record<EventOf<RemoteStageStream>, RemoteStageStreamEvents> = RemoteStageStreamEvents;
  assert.deepEqual({ ...local, ...remote }, { ...LocalStageStreamEvents, ...RemoteStageStreamEvents });
});
