import type { StageEndpoints } from '@proscenium/model';

/** Where clients reach a stage: all four URLs. */
export type EndpointsOfStage = (stageId: string) => Required<StageEndpoints>;
