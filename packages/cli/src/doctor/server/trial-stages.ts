import { type ApiClient, ApiRefusal } from '../../api/api-client.ts';
import type { ServerAddress } from '../../api/http-call.ts';

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

interface Created {
  readonly stage: Pick<TrialStage, 'arn' | 'endpoints'>;
  readonly participantTokens: readonly (Invited & { readonly userId: string })[];
}

export const STAGE_NAME = 'proscenium-doctor';

const TOKEN_MINUTES = 15;
const DELETE_TIMEOUT_MS = 15_000;
const ROLES = ['prober', 'publisher', 'subscriber'] as const;

/** The stages of an examination. All of them go when it is over, also one that was just being made then. */
export class TrialStages {
  readonly #asked: { readonly server: ServerAddress; readonly api: ApiClient; readonly created: Promise<Created> }[] =
    [];

  /** @throws {ApiRefusal} or the system's error */
  async create(server: ServerAddress, api: ApiClient, signal: AbortSignal): Promise<TrialStage> {
    signal.throwIfAborted();
    const participantTokenConfigurations = ROLES.map((role) => ({ userId: userIdOf(role), duration: TOKEN_MINUTES }));
    const request = { name: STAGE_NAME, participantTokenConfigurations };
    // The signal does not end it: which stage there is to delete stands in the answer.
    const created = api.call(server, 'CreateStage', request) as Promise<Created>;
    this.#asked.push({ server, api, created });
    const { stage, participantTokens } = await created;
    const invited = (role: (typeof ROLES)[number]) => {
      const found = participantTokens.find(({ userId }) => userId === userIdOf(role));
      if (!found) throw new Error('the server made a stage without the tokens that it was asked for');
      return found;
    };
    return {
      ...stage,
      prober: invited('prober'),
      publisher: invited('publisher'),
      subscriber: invited('subscriber'),
    };
  }

  /** @returns an error for each stage that may be there still */
  async deleteAll(): Promise<unknown[]> {
    const ends = await Promise.allSettled(
      this.#asked.splice(0).map(async ({ server, api, created }) => {
        const answer = await created.catch(notMade);
        if (answer === undefined) return;
        await api.call(server, 'DeleteStage', { arn: answer.stage.arn }, AbortSignal.timeout(DELETE_TIMEOUT_MS));
      }),
    );
    return ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  }
}

/** Without an answer nobody knows. */
function notMade(error: unknown): undefined {
  if (!(error instanceof ApiRefusal)) throw error;
}

function userIdOf(role: string): string {
  return `doctor-${role}`;
}
