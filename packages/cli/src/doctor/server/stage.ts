import { ApiRefusal } from '../../api/api-client.ts';
import { explainTrouble } from '../../api/connection-trouble.ts';
import { type Check, type Finding, failed, ok, warning } from '../check.ts';
import { STAGE_NAME, type TrialStages } from './trial-stages.ts';

/** Whether the API makes a stage. */
export function stageCheck(stages: TrialStages): Check<'server' | 'api'> {
  return {
    id: 'api',
    title: 'API',
    needs: ['server', 'api'],
    learns: ['stage'],
    timeoutMs: 15_000,
    async run({ server, api }, signal) {
      const startMs = performance.now();
      try {
        const stage = await stages.create(server, api, signal);
        const tookMs = Math.round(performance.now() - startMs);
        return { findings: [ok(`makes a stage in ${tookMs} ms`)], learned: { stage } };
      } catch (error) {
        signal.throwIfAborted();
        return { findings: [refusal(error)] };
      }
    },
  };
}

/** Takes away what the examination made. Says something only where that failed. */
export function cleanUpCheck(stages: TrialStages): Check {
  return {
    id: 'clean-up',
    title: 'Clean-up',
    needs: [],
    timeoutMs: 30_000,
    async run() {
      const troubles = await stages.deleteAll();
      const [first] = troubles;
      if (first === undefined) return { findings: [] };
      const count = troubles.length === 1 ? 'a stage' : `${troubles.length} stages`;
      const says = `${count} of this examination may have been left behind: ${explainTrouble(first).says}`;
      return { findings: [warning(says, `Delete what is named ${STAGE_NAME}.`)] };
    },
  };
}

const REMEDIES: Readonly<Record<string, string>> = {
  UnrecognizedClientException:
    'The server does not know this access key: use one of accessKeys, or of its file credentials.',
  InvalidSignatureException:
    'Wrong secret, a clock that is off (see "Clock"), or a proxy that changes path or Host: set publicUrl to what clients use.',
  AccessDeniedException: 'Where the host name is refused: set publicUrl, or add the name to hostNames.',
  PendingVerification: 'Set the state of the account to ACTIVE (accounts).',
  ServiceQuotaExceededException: 'Delete stages that nobody needs, or raise quotas.stages.',
  ThrottlingException: 'Run the doctor again in a few seconds.',
};

function refusal(error: unknown): Finding {
  if (error instanceof ApiRefusal) {
    return failed(error.message, REMEDIES[error.code] ?? 'See the log of the server, and of the proxy in front of it.');
  }
  const { says, remedy } = explainTrouble(error);
  return failed(says, remedy);
}
