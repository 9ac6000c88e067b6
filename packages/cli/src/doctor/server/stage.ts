import { type Check, type Finding, failed, ok } from '../check.ts';
import type { ServerAddress } from '../facts.ts';
import { type ApiClient, ApiRefusal } from './api-client.ts';
import { explainTrouble } from './connection-trouble.ts';

/** Who may join a stage of the doctor's. */
export interface Invited {
  readonly participantId: string;
  readonly token: string;
}

/** A stage for this examination, and who takes part. */
export interface TrialStage {
  readonly arn: string;
  /** As clients are told. */
  readonly endpoints: { readonly whip: string; readonly events: string };
  /** Makes connections and carries nothing. */
  readonly prober: Invited;
  readonly publisher: Invited;
  readonly subscriber: Invited;
}

const STAGE_NAME = 'proscenium-doctor';

const TOKEN_MINUTES = 15;
const DELETE_TIMEOUT_MS = 8_000;
const ROLES = ['prober', 'publisher', 'subscriber'] as const;

/** Whether the API makes a stage; it is deleted when all is done. */
export const stageCheck: Check<'server' | 'api'> = {
  id: 'api',
  title: 'API',
  needs: ['server', 'api'],
  learns: ['stage'],
  timeoutMs: 15_000,
  async run({ server, api }, signal) {
    const startMs = performance.now();
    try {
      const stage = await createTrialStage(server, api, signal);
      const tookMs = Math.round(performance.now() - startMs);
      const undo = () => deleteTrialStage(server, api, stage);
      return { findings: [ok(`makes a stage in ${tookMs} ms`)], learned: { stage }, undo };
    } catch (error) {
      signal.throwIfAborted();
      return { findings: [refusal(error)] };
    }
  },
};

/** @throws {ApiRefusal} or the system's error */
export async function createTrialStage(
  server: ServerAddress,
  api: ApiClient,
  signal: AbortSignal,
): Promise<TrialStage> {
  const participantTokenConfigurations = ROLES.map((role) => ({ userId: userIdOf(role), duration: TOKEN_MINUTES }));
  const answer = await api.call(server, 'CreateStage', { name: STAGE_NAME, participantTokenConfigurations }, signal);
  const { stage, participantTokens } = answer as {
    stage: { arn: string; endpoints: { whip: string; events: string } };
    participantTokens: (Invited & { userId: string })[];
  };
  const invited = (role: (typeof ROLES)[number]) => {
    const found = participantTokens.find(({ userId }) => userId === userIdOf(role));
    if (!found) throw new Error('the server made a stage without the tokens that it was asked for');
    return found;
  };
  return {
    arn: stage.arn,
    endpoints: stage.endpoints,
    prober: invited('prober'),
    publisher: invited('publisher'),
    subscriber: invited('subscriber'),
  };
}

export async function deleteTrialStage(server: ServerAddress, api: ApiClient, { arn }: TrialStage): Promise<void> {
  await api.call(server, 'DeleteStage', { arn }, AbortSignal.timeout(DELETE_TIMEOUT_MS));
}

function userIdOf(role: string): string {
  return `doctor-${role}`;
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
