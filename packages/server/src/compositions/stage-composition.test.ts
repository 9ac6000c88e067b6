import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import type { HlsOutputSettings } from '@proscenium/media';
import pino from 'pino';
import type { ComposedStages } from './composed-publishers.ts';
import type { CompositionOrder } from './composition-media.ts';
import { HandComposition } from './hand-compositors.fixture.ts';
import type { CompositionOutput, TellState } from './outputs/composition-output.ts';
import { StageComposition } from './stage-composition.ts';

/** An output that stands as it is told to. */
class HandOutput implements CompositionOutput {
  tell: TellState = () => {};

  async open(tell: TellState): Promise<HlsOutputSettings> {
    this.tell = tell;
    return { type: 'hls', folder: '/nowhere', rendition: 'high', targetSegmentDurationSeconds: 2 };
  }

  takeReport(): void {}
  takeFile(): void {}
  takeGone(): void {}
  takeDuration(): void {}
  fail(): void {}
}

const failure = { state: 'FAILED', errorCode: 'AccessDeniedException', reason: 'Access denied' } as const;

test('a destination that fails while its composer is being started is ended by that composer', async () => {
  const outputs = new Map(['first', 'second'].map((id) => [id, new HandOutput()]));
  const order = {
    stage: { account: '123456789012', region: 'us-west-2', stageId: 'stage' },
    destinations: [...outputs.keys()].map((id) => ({ id, video: {}, output: { type: 's3' } })),
  } as unknown as CompositionOrder;
  const live = Object.assign(new EventEmitter(), { publishers: () => [] }) as unknown as ComposedStages;
  const asked = Promise.withResolvers<HandComposition>();
  const started = Promise.withResolvers<HandComposition>();
  const told: string[] = [];
  const composition = new StageComposition(
    order,
    outputs,
    ({ destinationId, state }) => told.push(`${destinationId} ${state}`),
    {
      compositors: {
        compose: (options) => {
          asked.resolve(new HandComposition(options));
          return started.promise;
        },
      },
      live,
      logger: pino({ level: 'silent' }),
      onStatistics: () => {},
      onDied: () => {},
      onNoCapacity: () => {},
      onStopped: () => {},
    },
  );
  const composed = await asked.promise;
  outputs.get('first')?.tell(failure);
  const listening = once(composed, 'newListener');
  started.resolve(composed);
  await listening;
  await composition.stop();
  assert.deepEqual(composed.endedDestinations, ['first']);
  assert.deepEqual(told, ['first FAILED']);
});
