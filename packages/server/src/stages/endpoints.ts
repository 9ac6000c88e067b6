import type { StageEndpoints } from '@proscenium/model';

/** Where clients reach a stage. Encoders do only where they are waited for. */
export type EndpointsOfStage = (
  stageId: string,
) => Required<Pick<StageEndpoints, 'events' | 'whip'>> & EncoderEndpoints;

/** Where encoders publish, the same for all stages: their stream keys tell which one they mean. */
export type EncoderEndpoints = Pick<StageEndpoints, 'rtmp' | 'rtmps'>;
