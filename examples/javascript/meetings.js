import {
  CreateParticipantTokenCommand,
  CreateStageCommand,
  DeleteStageCommand,
  GetStageCommand,
  paginateListCompositions,
  paginateListStages,
  StartCompositionCommand,
  StopCompositionCommand,
} from '@aws-sdk/client-ivs-realtime';
import { all } from './pages.js';
import { RecordingSettings } from './recording-settings.js';

/** Stages of this application have it as a tag: others may have stages on the server as well. */
const APPLICATION = 'meetings';

/** A meeting is a stage, called by its ARN. The server keeps them, so this program needs no database. */
export class Meetings {
  #client;
  #channelsUrl;
  #recordingSettings;

  /** @param channelsUrl address below which the server shows its channels */
  constructor(client, channelsUrl) {
    this.#client = client;
    this.#channelsUrl = channelsUrl;
    this.#recordingSettings = new RecordingSettings(client, APPLICATION);
  }

  async list() {
    const broadcasts = await this.#broadcasts();
    const stages = await all(paginateListStages({ client: this.#client }, {}), 'stages');
    return stages.filter(isMeeting).map((stage) => this.#describe(stage, broadcasts.get(stage.arn)));
  }

  /** @returns the meeting, with a token for each of the people */
  async create(title, people) {
    const command = new CreateStageCommand({
      tags: { application: APPLICATION, title },
      participantTokenConfigurations: people.map((name) => ({ userId: name, attributes: { name } })),
    });
    const { stage, participantTokens } = await this.#client.send(command);
    const tokens = Object.fromEntries(participantTokens.map(({ userId, token }) => [userId, token]));
    return { ...this.#describe(stage), tokens };
  }

  /** @returns a token for one more */
  async invite(id, name) {
    await this.#find(id);
    const command = new CreateParticipantTokenCommand({ stageArn: id, userId: name, attributes: { name } });
    const { participantToken } = await this.#client.send(command);
    return { token: participantToken.token };
  }

  /** Shows the meeting to everybody, on a channel of the server, and records it. */
  async broadcast(id) {
    const stage = await this.#find(id);
    const { encoderConfigurationArn, storageConfigurationArn } = await this.#recordingSettings.provide();
    const command = new StartCompositionCommand({
      stageArn: id,
      layout: { grid: {} },
      destinations: [
        { channel: { channelArn: channelOf(id), encoderConfigurationArn } },
        { s3: { storageConfigurationArn, encoderConfigurationArns: [encoderConfigurationArn] } },
      ],
    });
    const { composition } = await this.#client.send(command);
    return this.#describe(stage, composition);
  }

  async endBroadcast(id) {
    const stage = await this.#find(id);
    const broadcast = (await this.#broadcasts()).get(id);
    if (broadcast) await this.#client.send(new StopCompositionCommand({ arn: broadcast.arn }));
    return this.#describe(stage);
  }

  /** Throws everybody out. What was recorded stays. */
  async end(id) {
    const meeting = await this.endBroadcast(id);
    await this.#client.send(new DeleteStageCommand({ arn: id }));
    return { ...meeting, live: false };
  }

  #describe({ arn, tags, activeSessionId }, broadcast) {
    return {
      id: arn,
      title: tags.title,
      live: Boolean(activeSessionId),
      ...(broadcast && {
        broadcast: { state: broadcast.state, url: this.#channelsUrl + channelOf(arn).split('/')[1] },
      }),
    };
  }

  async #find(id) {
    const { stage } = await this.#client.send(new GetStageCommand({ arn: id }));
    if (!isMeeting(stage)) throw Object.assign(new Error('This stage is no meeting'), { status: 404 });
    return stage;
  }

  /** What is being broadcast, by the stage's ARN. */
  async #broadcasts() {
    const compositions = await all(paginateListCompositions({ client: this.#client }, {}), 'compositions');
    const going = compositions.filter(({ state }) => state === 'STARTING' || state === 'ACTIVE');
    return new Map(going.map((composition) => [composition.stageArn, composition]));
  }
}

function isMeeting({ tags }) {
  return tags?.application === APPLICATION;
}

/** Each meeting has a channel of its own, with the same id. */
function channelOf(stageArn) {
  return stageArn.replace(':stage/', ':channel/');
}
