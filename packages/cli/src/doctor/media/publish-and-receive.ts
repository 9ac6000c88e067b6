import { setTimeout as sleep } from 'node:timers/promises';
import { Publisher, postTo, type Receiver, StageSubscriber, VIDEO_DEFAULTS } from '@proscenium/load-test';
import { createIdentity } from '@proscenium/participant/connection';
import { type Check, type Finding, failed, ok, warning } from '../check.ts';
import type { TrialStage } from '../server/trial-stages.ts';

const CONNECT_TIMEOUT_MS = 20_000;
const LISTEN_MS = 2_000;
const LOOK_INTERVAL_MS = 50;
/** Of the packets. More than one in a hundred can be seen. */
const NOTICED_LOSS = 0.01;

/** Whether what one participant publishes is received by another one: ICE, DTLS and SRTP, both ways. */
export const publishAndReceiveCheck: Check<'stage' | 'media'> = {
  id: 'media',
  title: 'Media',
  needs: ['stage', 'media'],
  timeoutMs: CONNECT_TIMEOUT_MS + LISTEN_MS + 5_000,
  async run({ stage }, signal) {
    const ends: (() => Promise<void>)[] = [];
    try {
      return { findings: [await publishAndReceive(stage, ends, signal)] };
    } catch (error) {
      signal.throwIfAborted();
      const remedy = 'Where "Media by UDP" is fine, see the log of the server; else mend that first.';
      return { findings: [failed(messageOf(error), remedy)] };
    } finally {
      // The stage is deleted soon, and they with it.
      await Promise.allSettled(ends.toReversed().map((end) => end()));
    }
  },
};

async function publishAndReceive(
  stage: TrialStage,
  ends: (() => Promise<void>)[],
  signal: AbortSignal,
): Promise<Finding> {
  const identity = await createIdentity();
  const video = { ...VIDEO_DEFAULTS, width: 640, height: 360, bitrateBps: 500_000 };
  const patience = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
  const publisher = await Publisher.start(postTo(stage.endpoints.whip, stage.publisher.token), {
    identity,
    video,
    audio: true,
  });
  ends.push(() => publisher.stop());
  const subscriber = await StageSubscriber.join(stage.subscriber.token, { identity, openEveryPictures: 1 }, patience);
  ends.push(() => subscriber.stop());
  const startMs = performance.now();
  const receiver = await connect(subscriber, stage, patience);
  await untilPicture(receiver, patience);
  const firstPictureMs = Math.round(performance.now() - startMs);
  await sleep(LISTEN_MS, undefined, { signal });
  const { received, lost, notAuthentic } = receiver.received;
  const says = `a picture is there ${firstPictureMs} ms after the wish for it; ${received} packets came, ${lost} were lost`;
  if (notAuthentic > 0) {
    return failed(
      `${notAuthentic} packets were changed on their way`,
      'Something between here and there meddles with UDP.',
    );
  }
  if (lost > NOTICED_LOSS * (received + lost)) {
    return warning(
      says,
      'See whether the network is full, or the machine ("UDP buffers"); proscenium load-test shows more.',
    );
  }
  return ok(says);
}

function connect(subscriber: StageSubscriber, stage: TrialStage, signal: AbortSignal): Promise<Receiver> {
  return new Promise((resolve, reject) => {
    subscriber.once('connected', resolve);
    subscriber.once('failed', reject);
    subscriber.once('closed', (code, reason) =>
      reject(new Error(`the server closed the events socket: ${code} ${reason}`)),
    );
    signal.addEventListener('abort', () => reject(new Error('the subscriber was not connected in time')));
    subscriber.subscribe([stage.publisher.participantId]);
  });
}

/** A receiver counts and does not tell: it is asked. */
async function untilPicture(receiver: Receiver, signal: AbortSignal): Promise<void> {
  while (receiver.received.firstKeyFrameMs === undefined) {
    if (signal.aborted) throw new Error('the subscriber was connected, and no picture came');
    await sleep(LOOK_INTERVAL_MS);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
