import type { TestContext } from 'node:test';
import { type Body, type ControlPlane, openControlPlane, scope } from '../control-plane.fixture.ts';
import type { Quotas } from '../operations.ts';
import type { StageRef } from '../participants/live-stages.ts';
import type { HandCompositionMedia } from './hand-composition-media.fixture.ts';

export const channelArn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdefABCDEF';

/** A control plane with a stage, and with what its compositions may name. */
export type Show = ControlPlane & {
  media: HandCompositionMedia;
  stage: StageRef;
  stageArn: string;
  encoderArn: string;
  storageArn: string;
  /** Two destinations, as a request names them. */
  channel: object;
  s3: object;
  /** Starts a composition with one channel unless more is said. */
  start(input?: object): Promise<Body>;
  get(arn: string): Promise<Body>;
  /** The names of the events about compositions so far, and the destinations that they are about. */
  told(): string[];
};

export async function openShow(t: TestContext, quotas: Partial<Quotas> = {}): Promise<Show> {
  const plane = await openControlPlane(t, quotas);
  const { call, compositions, events } = plane;
  const { stage } = await call('CreateStage');
  const stageArn: string = stage.arn;
  const { storageConfiguration } = await call('CreateStorageConfiguration', { s3: { bucketName: 'show-archive' } });
  const { encoderConfiguration } = await call('CreateEncoderConfiguration', { video: { width: 640, height: 360 } });
  const channel = { channel: { channelArn } };
  const s3 = {
    s3: {
      storageConfigurationArn: storageConfiguration.arn,
      encoderConfigurationArns: [encoderConfiguration.arn],
    },
  };
  return {
    ...plane,
    media: plane.compositionMedia,
    stage: { ...scope, stageId: stageArn.split('/')[1] ?? '' },
    stageArn,
    encoderArn: encoderConfiguration.arn,
    storageArn: storageConfiguration.arn,
    channel,
    s3,
    async start(input = {}) {
      const { composition } = await call('StartComposition', { stageArn, destinations: [channel], ...input });
      await compositions.settled();
      return composition;
    },
    async get(arn) {
      await compositions.settled();
      return (await call('GetComposition', { arn })).composition;
    },
    told() {
      return events
        .filter(({ detailType }) => detailType === 'IVS Composition State Change')
        .map(({ detail }) => [detail.event_name, detail.id, detail.error_code].filter(Boolean).join(' '));
    },
  };
}
