import type { Scope } from '@proscenium/model';
import type { EncoderParticipant, Redundancy } from '../participants/stage-ingesting.ts';
import { type IngestConfigurationRecord, ingestConfigurations, isRedundant } from './ingest-configuration-table.ts';

/** The participant of a configuration in the stage that it is attached to; undefined: in none. */
export function encoderParticipant(
  { scope, configuration }: { scope: Scope; configuration: IngestConfigurationRecord },
  participantId: string,
  protocol: EncoderParticipant['protocol'],
): EncoderParticipant | undefined {
  const { stageId, userId, attributes } = configuration;
  if (stageId === undefined) return undefined;
  return {
    participantId,
    stage: { account: scope.account, region: scope.region, stageId },
    userId,
    attributes,
    protocol,
    ingestConfigurationArn: ingestConfigurations.arn(scope, configuration),
    redundancy: redundancyOf(configuration, participantId),
  };
}

function redundancyOf(configuration: IngestConfigurationRecord, participantId: string): Redundancy {
  if (!isRedundant(configuration)) return 'none';
  return participantId === configuration.participantId ? 'virtual' : 'physical';
}
