import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateParticipantTokenCommand,
  CreateStageCommand,
  DeleteStageCommand,
  GetStageCommand,
  type IVSRealTimeClient,
  ListParticipantsCommand,
  ListStageSessionsCommand,
  ListStagesCommand,
} from '@aws-sdk/client-ivs-realtime';
import {
  EventsSocket,
  Publisher,
  postTo,
  type Received,
  type Receiver,
  Refused,
  readToken,
  StageSubscriber,
  subscribeByPost,
  VIDEO_DEFAULTS,
} from '@proscenium/load-test';
import type { Identity } from '@proscenium/participant/connection';

/** What happened so far, on all stages. */
export interface Happened {
  stages: number;
  publishes: number;
  subscribes: number;
  mutes: number;
  /** Of publishers and subscribers: without a word. */
  vanished: number;
  /** Subscribers on lines that lose packets. */
  lossy: number;
  calls: number;
  /** What had just ended when it was wished for. */
  tooLate: number;
  packets: number;
  repaired: number;
  notAuthentic: number;
  /** Whatever else went wrong: there is to be nothing. */
  failures: number;
}

export interface TrafficOptions {
  readonly client: IVSRealTimeClient;
  readonly identity: Identity;
  readonly publishersPerStage: number;
  readonly subscribersPerStage: number;
  readonly stageSeconds: Range;
  readonly publishSeconds: Range;
  readonly subscribeSeconds: Range;
}

type Range = readonly [from: number, to: number];

interface LiveStage {
  readonly arn: string;
  /** Participant ids, by seat. */
  readonly publishers: (string | undefined)[];
  readonly over: AbortSignal;
}

const VIDEO = { ...VIDEO_DEFAULTS, width: 640, height: 360, framesPerSecond: 15, bitrateBps: 150_000 };
/** Further ones are only counted. */
const SAID_FAILURES = 50;
const LOSS_RATIO = 0.05;
const MUTE_SECONDS: Range = [3, 15];
const CALL_INTERVAL_SECONDS: Range = [0.5, 1.5];
const BREAK_SECONDS: Range = [0.2, 1];

/** Makes stages, one after the other, with people who come, go, come back, fall silent and sit on bad lines. */
export async function keepStageBusy(options: TrafficOptions, happened: Happened, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      await runStage(options, happened, stop);
    } catch (error) {
      fail(error, happened);
    }
    await pause(BREAK_SECONDS, stop);
  }
}

/** One stage from its making to its end. */
async function runStage(options: TrafficOptions, happened: Happened, stop: AbortSignal): Promise<void> {
  const { client, publishersPerStage, subscribersPerStage } = options;
  const { stage } = await client.send(new CreateStageCommand({ name: 'soak' }));
  happened.stages += 1;
  const deletedWhileBusy = happened.stages % 2 === 0;
  const over = new AbortController();
  const live: LiveStage = {
    arn: stage?.arn ?? '',
    publishers: new Array<string | undefined>(publishersPerStage).fill(undefined),
    over: over.signal,
  };
  // One for each actor, and one more for each pause that it makes.
  setMaxListeners(0, over.signal);
  const actors = [
    ...live.publishers.map((_, seat) => repeat(live, happened, () => publish(options, live, seat, happened))),
    ...Array.from({ length: subscribersPerStage }, (_, seat) =>
      repeat(live, happened, () => subscribe(options, live, seat, happened)),
    ),
    repeat(live, happened, () => callApi(client, live, happened)),
  ];
  await pause(options.stageSeconds, stop);
  over.abort();
  if (deletedWhileBusy) await client.send(new DeleteStageCommand({ arn: live.arn }));
  await Promise.all(actors);
  if (!deletedWhileBusy) await client.send(new DeleteStageCommand({ arn: live.arn }));
}

async function repeat({ over }: LiveStage, happened: Happened, act: () => Promise<void>): Promise<void> {
  while (!over.aborted) {
    try {
      await act();
    } catch (error) {
      // Nothing that comes while the stage goes away is a failure.
      if (over.aborted || isTooLate(error)) happened.tooLate += 1;
      else fail(error, happened);
    }
    await pause(BREAK_SECONDS, over);
  }
}

function fail(error: unknown, happened: Happened): void {
  happened.failures += 1;
  if (happened.failures > SAID_FAILURES) return;
  const cause = error instanceof Error && error.cause !== undefined ? `, because of ${error.cause}` : '';
  console.log(`${new Date().toISOString()} ${error}${cause}`);
}

/** Publishes for a while, mutes and unmutes meanwhile, and ends in one of two ways. */
async function publish(options: TrafficOptions, stage: LiveStage, seat: number, happened: Happened): Promise<void> {
  const token = await invite(options.client, stage);
  const { participantId, whipUrl } = readToken(token);
  const socket = await EventsSocket.connect(token);
  try {
    const { identity } = options;
    const publisher = await Publisher.start(postTo(whipUrl, token), { identity, video: VIDEO, audio: true });
    happened.publishes += 1;
    stage.publishers[seat] = participantId;
    const end = AbortSignal.any([AbortSignal.timeout(randomMs(options.publishSeconds)), stage.over]);
    while (!end.aborted) {
      await pause(MUTE_SECONDS, end);
      socket.send('MUTE', { audioMuted: chance(0.5), videoStopped: chance(0.3) });
      happened.mutes += 1;
    }
    stage.publishers[seat] = undefined;
    if (chance(0.3)) {
      publisher.vanish();
      happened.vanished += 1;
    } else {
      await publisher.stop();
    }
  } finally {
    await socket.leave();
  }
}

async function subscribe(options: TrafficOptions, stage: LiveStage, seat: number, happened: Happened): Promise<void> {
  const publisherIds = stage.publishers.filter((id) => id !== undefined);
  if (publisherIds.length === 0) return;
  const token = await invite(options.client, stage);
  const byPost = seat % 2 === 0;
  try {
    await (byPost ? subscribeByPosts : subscribeBySocket)(token, publisherIds, options, stage, happened);
  } catch (error) {
    // What one of them leaves behind in the middle of a handshake is silence.
    if (publisherIds.every((id) => stage.publishers.includes(id))) throw error;
    happened.tooLate += 1;
  }
}

async function subscribeByPosts(
  token: string,
  publisherIds: readonly string[],
  options: TrafficOptions,
  { over }: LiveStage,
  happened: Happened,
): Promise<void> {
  const url = readToken(token).whipUrl;
  for (const id of publisherIds) {
    const signalling = postTo(`${url}/subscribe/${id}`, token);
    const { receiver, stop } = await subscribeByPost(signalling, ['audio', 'video'], receiving(options));
    happened.subscribes += 1;
    await stay(receiver, options, over, happened);
    count(receiver.received, happened);
    if (chance(0.3)) {
      receiver.close();
      happened.vanished += 1;
    } else {
      await stop();
    }
  }
}

async function subscribeBySocket(
  token: string,
  publisherIds: readonly string[],
  options: TrafficOptions,
  { over }: LiveStage,
  happened: Happened,
): Promise<void> {
  const subscriber = await StageSubscriber.join(token, receiving(options));
  try {
    const connected = new Promise<Receiver | undefined>((resolve) => {
      subscriber.once('connected', resolve);
      // A publisher that went meanwhile leaves nothing to connect for.
      over.addEventListener('abort', () => resolve(undefined), { once: true });
      setTimeout(() => resolve(undefined), randomMs(options.subscribeSeconds)).unref();
    });
    subscriber.on('failed', () => {
      happened.tooLate += 1;
    });
    subscriber.subscribe(publisherIds);
    const receiver = await connected;
    if (!receiver) return;
    happened.subscribes += 1;
    await stay(receiver, options, over, happened);
    subscriber.subscribe(publisherIds.slice(1));
    await pause(BREAK_SECONDS, over);
    count(receiver.received, happened);
  } finally {
    await subscriber.stop();
  }
}

async function stay(receiver: Receiver, options: TrafficOptions, over: AbortSignal, happened: Happened): Promise<void> {
  if (chance(0.3)) {
    receiver.lossRatio = LOSS_RATIO;
    happened.lossy += 1;
  }
  await pause(options.subscribeSeconds, over);
  if (chance(0.3)) receiver.askForKeyFrames();
}

async function callApi(client: IVSRealTimeClient, { arn, over }: LiveStage, happened: Happened): Promise<void> {
  await client.send(new ListStagesCommand());
  const { stage } = await client.send(new GetStageCommand({ arn }));
  await client.send(new ListStageSessionsCommand({ stageArn: arn }));
  const sessionId = stage?.activeSessionId;
  if (sessionId) await client.send(new ListParticipantsCommand({ stageArn: arn, sessionId }));
  happened.calls += 4;
  await pause(CALL_INTERVAL_SECONDS, over);
}

async function invite(client: IVSRealTimeClient, { arn }: LiveStage): Promise<string> {
  const { participantToken } = await client.send(new CreateParticipantTokenCommand({ stageArn: arn, userId: 'soak' }));
  return participantToken?.token ?? '';
}

function receiving({ identity }: TrafficOptions) {
  return { identity, openEveryPictures: 10 };
}

function count({ received, repaired, notAuthentic }: Received, happened: Happened): void {
  happened.packets += received;
  happened.repaired += repaired;
  happened.notAuthentic += notAuthentic;
}

/** A publisher that ended a moment ago, or whose connection the server ended while somebody joined. */
function isTooLate(error: unknown): boolean {
  if (error instanceof Refused) return error.status === 404;
  return error instanceof Error && /ended the (connection|DTLS handshake)|does not answer ICE/.test(error.message);
}

/** Ends early, without an error, when it is over. */
async function pause(range: Range, over: AbortSignal): Promise<void> {
  await sleep(randomMs(range), undefined, { signal: over }).catch(() => undefined);
}

function randomMs([from, to]: Range): number {
  return Math.round(1_000 * (from + Math.random() * (to - from)));
}

function chance(part: number): boolean {
  return Math.random() < part;
}
