import type { Credentials } from '@proscenium/server/calling';
import { ApiClient, ApiRefusal } from '../api/api-client.ts';
import { explainTrouble } from '../api/connection-trouble.ts';
import type { ServerAddress } from '../api/http-call.ts';

/** What a call of the API came to that was not answered with 200. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
}

export interface ApiAddress {
  readonly endpoint: URL;
  readonly region: string;
  readonly credentials: Credentials;
}

export interface CreatedStage {
  readonly arn: string;
}

export type Capability = 'PUBLISH' | 'SUBSCRIBE';

/** The calls of the API that make a stage, invite to it and delete it. */
export class StageCalls {
  readonly #server: ServerAddress;
  readonly #api: ApiClient;

  constructor({ endpoint, region, credentials }: ApiAddress) {
    this.#server = { url: endpoint, direct: false };
    this.#api = new ApiClient(credentials, region);
  }

  /** @throws {CallFailed} */
  async createStage(name: string): Promise<CreatedStage> {
    const { stage } = await this.#call('CreateStage', { name });
    return stage as CreatedStage;
  }

  /** @throws {CallFailed} */
  async deleteStage(arn: string): Promise<void> {
    await this.#call('DeleteStage', { arn });
  }

  /** @returns a token. @throws {CallFailed} */
  async invite(
    stageArn: string,
    participant: { userId: string; capability: Capability; durationMinutes: number },
  ): Promise<string> {
    const { userId, capability, durationMinutes: duration } = participant;
    const input = { stageArn, userId, duration, capabilities: [capability] };
    const { participantToken } = await this.#call('CreateParticipantToken', input);
    return (participantToken as { token: string }).token;
  }

  async #call(operation: string, input: object): Promise<Record<string, unknown>> {
    try {
      return (await this.#api.call(this.#server, operation, input)) as Record<string, unknown>;
    } catch (cause) {
      if (cause instanceof ApiRefusal) throw new CallFailed(cause.message, { cause });
      const { says, remedy } = explainTrouble(cause);
      throw new CallFailed(`${this.#server.url.origin}: ${says}. ${remedy}`, { cause });
    }
  }
}
