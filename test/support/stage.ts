import {
  CreateParticipantTokenCommand,
  CreateStageCommand,
  GetParticipantCommand,
  GetStageCommand,
  ListParticipantEventsCommand,
  ListParticipantsCommand,
  ListStageSessionsCommand,
  type Participant,
  type Event as ParticipantEvent,
  type ParticipantSummary,
  type ParticipantTokenCapability,
  type StageSession,
} from '@aws-sdk/client-ivs-realtime';
import type { ServerProcess } from './server.ts';
import { until } from './until.ts';

/** More are made one by one. */
const MAXIMUM_TOKENS_WITH_STAGE = 12;

/** A participant that may join. */
export interface Invited {
  userId: string;
  participantId: string;
  token: string;
}

/** A stage on a server under test: who may join it, and what the API tells about who did. */
export class TestStage {
  readonly arn: string;
  readonly whipUrl: string;
  readonly #server: ServerProcess;
  readonly #invited: ReadonlyMap<string, Invited>;

  private constructor(server: ServerProcess, arn: string, whipUrl: string, invited: Invited[]) {
    this.#server = server;
    this.arn = arn;
    this.whipUrl = whipUrl;
    this.#invited = new Map(invited.map((participant) => [participant.userId, participant]));
  }

  /** Makes a stage and a token for each user id; each participant has the attribute `seat`, its place in the list. */
  static async create(server: ServerProcess, userIds: string[]): Promise<TestStage> {
    const wanted = userIds.map((userId, index) => ({ userId, attributes: { seat: String(index) } }));
    const { stage, participantTokens = [] } = await server.client.send(
      new CreateStageCommand({
        name: 'end-to-end',
        participantTokenConfigurations: wanted.slice(0, MAXIMUM_TOKENS_WITH_STAGE),
      }),
    );
    const stageArn = stage?.arn ?? '';
    for (const further of wanted.slice(MAXIMUM_TOKENS_WITH_STAGE)) {
      const command = new CreateParticipantTokenCommand({ stageArn, ...further });
      participantTokens.push((await server.client.send(command)).participantToken ?? {});
    }
    const invited = participantTokens.map(({ userId = '', participantId = '', token = '' }) => ({
      userId,
      participantId,
      token,
    }));
    return new TestStage(server, stageArn, stage?.endpoints?.whip ?? '', invited);
  }

  /** The same stage as another server on the same data knows it. */
  on(server: ServerProcess): TestStage {
    return new TestStage(server, this.arn, this.whipUrl, [...this.#invited.values()]);
  }

  invited(userId: string): Invited {
    const participant = this.#invited.get(userId);
    if (participant === undefined) throw new Error(`${userId} is not invited`);
    return participant;
  }

  /** @returns the token of one more participant, who may do these things alone */
  async invite(userId: string, capabilities: ParticipantTokenCapability[]): Promise<string> {
    const command = new CreateParticipantTokenCommand({ stageArn: this.arn, userId, capabilities });
    return (await this.#server.client.send(command)).participantToken?.token ?? '';
  }

  subscribeUrl(publisherId: string): string {
    return `${this.whipUrl}/subscribe/${publisherId}`;
  }

  async activeSessionId(): Promise<string> {
    const { stage } = await this.#server.client.send(new GetStageCommand({ arn: this.arn }));
    return stage?.activeSessionId ?? '';
  }

  /** Waits until somebody has joined, and gives the id of the session that began so. */
  untilSession(): Promise<string> {
    return until(
      () => this.activeSessionId(),
      (sessionId) => sessionId !== '',
    );
  }

  async sessions(): Promise<StageSession[]> {
    const { stageSessions } = await this.#server.client.send(new ListStageSessionsCommand({ stageArn: this.arn }));
    return stageSessions ?? [];
  }

  async participants(sessionId: string): Promise<ParticipantSummary[]> {
    const command = new ListParticipantsCommand({ stageArn: this.arn, sessionId });
    return (await this.#server.client.send(command)).participants ?? [];
  }

  async participant(sessionId: string, participantId: string): Promise<Participant> {
    const command = new GetParticipantCommand({ stageArn: this.arn, sessionId, participantId });
    return (await this.#server.client.send(command)).participant ?? {};
  }

  /** A participant's events, the oldest first. */
  async events(sessionId: string, participantId: string): Promise<ParticipantEvent[]> {
    const command = new ListParticipantEventsCommand({ stageArn: this.arn, sessionId, participantId });
    return ((await this.#server.client.send(command)).events ?? []).toReversed();
  }

  untilSessionEnds(sessionId: string): Promise<StageSession[]> {
    return until(
      () => this.sessions(),
      (sessions) => sessions.some((session) => session.sessionId === sessionId && session.endTime !== undefined),
    );
  }

  /** Waits until the participant's events hold this one, as it is written while others are told of it already. */
  untilEvent(sessionId: string, participantId: string, name: string): Promise<ParticipantEvent[]> {
    return until(
      () => this.events(sessionId, participantId),
      (events) => events.some((event) => event.name === name),
    );
  }
}
