import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type LoadPlan, type LoadReport, readToken, runLoad, VIDEO_DEFAULTS } from '@proscenium/load-test';
import { findCredentials } from '@proscenium/server/calling';
import { type Interruption, interruptOnSignals } from '../interruption.ts';
import { bitrate } from './figures.ts';
import { openFilesLimit } from './file-limit.ts';
import { liveView } from './live-view.ts';
import {
  type CommandOptions,
  countSubscribers,
  lowerLayers,
  neededDescriptors,
  readSource,
  readThresholds,
  readTokenLines,
  type Source,
  WrongUsage,
} from './options.ts';
import { reportText } from './report-text.ts';
import { CallFailed, StageCalls } from './stage-calls.ts';
import { StageInvitations } from './stage-invitations.ts';
import { judge } from './thresholds.ts';

const WRONG_USAGE = 2;

/** Who takes part, and where. */
interface Participants {
  readonly publisherTokens: readonly string[];
  readonly subscriberTokens: readonly string[];
  readonly where: { readonly stageArn: string | null; readonly madeForTest: boolean };
}

/** Makes the test that the command line asks for. @returns the exit status */
export async function loadTest(options: CommandOptions): Promise<number> {
  const interruption = interruptOnSignals('Everybody leaves now');
  try {
    const source = readSource(options, process.env);
    const passed =
      source.kind === 'tokens'
        ? await withTokens(options, interruption)
        : await withInvitations(options, source, interruption);
    return interruption.exitStatus ?? (passed ? 0 : 1);
  } catch (error) {
    if (error instanceof WrongUsage) {
      process.stderr.write(`error: ${error.message}\n`);
      return WRONG_USAGE;
    }
    process.stderr.write(error instanceof CallFailed ? `error: ${error.message}\n` : `${(error as Error).stack}\n`);
    return interruption.exitStatus ?? 1;
  }
}

async function withTokens(options: CommandOptions, interruption: Interruption): Promise<boolean> {
  const tokens = [...(options.token ?? []), ...(await readTokens(options.tokensFrom))];
  checkTokens(tokens);
  const { publishers } = options;
  const subscribers = countSubscribers(options, tokens);
  checkDescriptors(options, subscribers);
  return measure(options, interruption, {
    publisherTokens: tokens.slice(0, publishers),
    subscriberTokens: tokens.slice(publishers, publishers + subscribers),
    where: { stageArn: null, madeForTest: false },
  });
}

/** On a stage of the server, or on one that is made for the test and goes with it. */
async function withInvitations(
  options: CommandOptions,
  source: Exclude<Source, { kind: 'tokens' }>,
  interruption: Interruption,
): Promise<boolean> {
  const subscribers = countSubscribers(options, undefined);
  checkDescriptors(options, subscribers);
  const { endpoint, region } = source;
  const credentials = await findCredentials(process.env).catch((error: Error) => {
    throw new WrongUsage(error.message, { cause: error });
  });
  const calls = new StageCalls({ endpoint, region, credentials });
  const madeForTest = source.kind === 'made';
  const stageArn = madeForTest ? (await calls.createStage('load-test')).arn : source.arn;
  if (madeForTest) interruption.leavesBehind = `stage ${stageArn}`;
  try {
    const invitations = new StageInvitations(calls, stageArn, options.duration);
    const publisherTokens = await invitations.send('PUBLISH', options.publishers, interruption.signal);
    const subscriberTokens = await invitations.send('SUBSCRIBE', subscribers, interruption.signal);
    const where = { stageArn, madeForTest };
    return await measure(options, interruption, { publisherTokens, subscriberTokens, where });
  } finally {
    if (madeForTest) await calls.deleteStage(stageArn);
    interruption.leavesBehind = undefined;
  }
}

/** @returns whether every limit was kept */
async function measure(
  options: CommandOptions,
  interruption: Interruption,
  participants: Participants,
): Promise<boolean> {
  const { publisherTokens, subscriberTokens, where } = participants;
  if (publisherTokens.length === 0) return false; // interrupted before anybody was invited
  const { width, height } = options.resolution;
  const video = {
    ...VIDEO_DEFAULTS,
    width,
    height,
    framesPerSecond: options.frameRate,
    bitrateBps: options.bitrate,
  };
  const plan: LoadPlan = {
    publisherTokens,
    subscriberTokens,
    subscribeBy: options.subscribeBy,
    video,
    lowerLayers: options.simulcast ? lowerLayers(video) : [],
    audio: options.audio,
    durationMs: 1_000 * options.duration,
    joinsPerSecond: options.joinsPerSecond,
    churnPerSecond: options.churnPerSecond,
  };
  const view = options.json ? undefined : liveView(process.stdout, plan.durationMs);
  const { signal } = interruption;
  const end = () => view?.end();
  signal.addEventListener('abort', end);
  const report = await runLoad(plan, {
    signal,
    onSample(sample) {
      if (!signal.aborted) view?.show(sample);
    },
  });
  if (!signal.aborted) end();
  const judged = judge(report, readThresholds(options));
  const passed = judged.every((each) => each.passed);
  process.stdout.write(
    options.json
      ? `${jsonReport(plan, where, report, { passed, thresholds: judged })}\n`
      : reportText(report, judged, [...placeLines(where), loadLine(plan)]),
  );
  return passed;
}

function jsonReport(plan: LoadPlan, where: Participants['where'], report: LoadReport, verdict: object): string {
  const { publisherTokens, subscriberTokens, ...load } = plan; // tokens are secrets
  return JSON.stringify({ ...where, load, ...report, ...verdict }, undefined, 2);
}

function placeLines({ stageArn, madeForTest }: Participants['where']): string[] {
  if (stageArn === null) return [];
  return [`Stage ${stageArn}${madeForTest ? ', made for this test' : ''}`];
}

function loadLine({
  publisherTokens,
  subscriberTokens,
  subscribeBy,
  video,
  lowerLayers: lower,
  audio,
}: LoadPlan): string {
  const picture = `${video.width}x${video.height} at ${video.framesPerSecond} pictures a second, ${bitrate(video.bitrateBps)}${lower.length > 0 ? `, and ${lower.length} lower layers` : ''}`;
  const publishers = `${publisherTokens.length} publishing ${picture}, ${audio ? 'with' : 'without'} sound`;
  return `${publishers}; ${subscriberTokens.length} subscribing by ${subscribeBy}`;
}

async function readTokens(source: string | undefined): Promise<string[]> {
  if (source === undefined) return [];
  if (source === '-') return readTokenLines(await text(process.stdin));
  return readTokenLines(
    await readFile(source, 'utf8').catch((cause: Error) => {
      throw new WrongUsage(`The tokens cannot be read: ${cause.message}`, { cause });
    }),
  );
}

/** @throws {WrongUsage} for what cannot be used together, whatever the server says about each of them */
function checkTokens(tokens: readonly string[]): void {
  const seen = new Map<string, number>();
  let stage: string | undefined;
  for (const [index, token] of tokens.entries()) {
    const claims = readClaims(token, index);
    stage ??= claims.eventsUrl;
    if (claims.eventsUrl !== stage) throw new WrongUsage(`Token ${index + 1} is for another stage than the first one`);
    const earlier = seen.get(claims.participantId);
    if (earlier !== undefined) throw new WrongUsage(`Tokens ${earlier} and ${index + 1} are of the same participant`);
    seen.set(claims.participantId, index + 1);
  }
}

function readClaims(token: string, index: number): ReturnType<typeof readToken> {
  try {
    return readToken(token);
  } catch (cause) {
    throw new WrongUsage(`Token ${index + 1} is no participant token`, { cause });
  }
}

/** @throws {WrongUsage} when the system would refuse the sockets in the middle of the test */
function checkDescriptors({ publishers, subscribeBy }: CommandOptions, subscribers: number): void {
  const needed = neededDescriptors(publishers, subscribers, subscribeBy);
  const limit = openFilesLimit();
  if (limit === undefined || needed <= limit) return;
  throw new WrongUsage(`This needs ${needed} open files, and the limit is ${limit}: raise it by ulimit -n ${needed}`);
}
