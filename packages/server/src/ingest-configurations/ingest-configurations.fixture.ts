import type { IngestConfigurationState } from '@proscenium/model';
import { type Body, type ControlPlane, scope } from '../control-plane.fixture.ts';
import { setIngestState } from './ingest-configuration-table.ts';

/** The whole configuration, made for RTMPS unless said otherwise. */
export async function createIngestConfiguration({ call }: ControlPlane, input: object = {}): Promise<Body> {
  const { ingestConfiguration } = await call('CreateIngestConfiguration', { ingestProtocol: 'RTMPS', ...input });
  return ingestConfiguration;
}

export async function getIngestConfiguration({ call }: ControlPlane, arn: string): Promise<Body> {
  const { ingestConfiguration } = await call('GetIngestConfiguration', { arn });
  return ingestConfiguration;
}

export async function createStage({ call }: ControlPlane): Promise<{ arn: string; stageId: string }> {
  const { stage } = await call('CreateStage');
  return { arn: stage.arn, stageId: idOf(stage.arn) };
}

/** As whoever takes the streams does when one begins or ends. */
export async function setState({ store }: ControlPlane, arn: string, state: IngestConfigurationState): Promise<void> {
  await store.write((trx) => setIngestState(trx, scope, idOf(arn), state));
}

export function idOf(arn: string): string {
  return arn.split('/')[1] ?? '';
}
