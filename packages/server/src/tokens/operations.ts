import { checkAttributes, type RandomBytes } from '@proscenium/model';
import type { Clock } from '../clock.ts';
import type { Handlers } from '../http/handlers.ts';
import type { EndpointsOfStage } from '../stages/endpoints.ts';
import { ownStage, stageNotFound } from '../stages/own-stage.ts';
import { findStageSeq } from '../stages/stage-table.ts';
import type { Store } from '../store/store.ts';
import type { ConnectionRevocations } from './connection-revocations.ts';
import { issueParticipantToken } from './issue-participant-token.ts';
import type { SigningKey } from './signing-key.ts';

export function tokenOperations({
  store,
  endpointsOf,
  signingKey,
  connectionRevocations,
  clock,
  random,
}: {
  store: Store;
  endpointsOf: EndpointsOfStage;
  signingKey: SigningKey;
  connectionRevocations: ConnectionRevocations;
  clock: Clock;
  random?: RandomBytes;
}): Required<Pick<Handlers, 'CreateParticipantToken' | 'RevokeConnectionToken'>> {
  return {
    async CreateParticipantToken({ stageArn, duration, userId, attributes, capabilities }, { scope }) {
      if (attributes !== undefined) checkAttributes(attributes);
      const stage = ownStage(scope, stageArn);
      if ((await findStageSeq(store.db, stage)) === undefined) throw stageNotFound();
      const participantToken = await issueParticipantToken({
        stage,
        endpoints: endpointsOf(stage.stageId),
        durationMinutes: duration,
        userId,
        attributes,
        capabilities,
        signingKey,
        clock,
        random,
      });
      return { participantToken };
    },

    async RevokeConnectionToken({ tokenId }, { scope }) {
      await connectionRevocations.revoke(scope, tokenId);
      return {};
    },
  };
}
