import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import {
  CreateIngestConfigurationCommand,
  GetIngestConfigurationCommand,
  GetStageCommand,
  ListParticipantsCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-ivs-realtime';
import { median } from '../../bench/support/median.ts';
import { arrange } from '../../packages/media/src/composition/layout/arrange.ts';
import { defaultGrid } from '../../packages/media/src/composition/layout/default-layouts.ts';
import { type Chromium, type ChromiumPage, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { readTile } from '../support/composed-clock.ts';
import { readComposed } from '../support/composed-recording.ts';
import { ComposedShow, PICTURE } from '../support/composed-show.ts';
import { childrenOf } from '../support/processes.ts';
import { type ServerProcess, withEncoders } from '../support/server.ts';
import { encodeTwinClip, TWIN_GROUP_MS, TWIN_TONE_HZ, TwinEncoders } from '../support/twin-encoders.ts';
import { until } from '../support/until.ts';

/** How often an encoder is killed while it is the one that is seen. */
const ROUNDS = Number(process.env.PROSCENIUM_REDUNDANT_ROUNDS ?? 3);
/** Whether the second encoder makes another stream of the same picture than the first one. */
const DIFFER = process.env.PROSCENIUM_REDUNDANT_ENCODERS === 'differ';
/** A round takes less than this. */
const ROUND_SECONDS = 6;
const SECONDS_MORE = 60;
const CLOCK_ASPECT_RATIO = 320 / 192;
const SOUND_RATE_HZ = 48_000;
/** A tone is less only where it passes through nothing. */
const QUIET = 0.02;
/** Of the time of a recording that is well: a tone passes through nothing for a fortieth of its own. */
const MOSTLY = 0.85;

describe('redundant ingest', { skip: chromiumMissing(), timeout: 120_000 + ROUNDS * 20_000 }, () => {
  let clips: [Buffer, Buffer];
  let chromium: Chromium;
  let page: ChromiumPage;

  before(async () => {
    const seconds = ROUNDS * ROUND_SECONDS + SECONDS_MORE;
    const clip = encodeTwinClip(seconds);
    clips = [clip, DIFFER ? encodeTwinClip(seconds, ['-g', '50', '-qp', '33']) : clip];
    chromium = await launchChromium();
    page = await chromium.openPage();
  });
  after(() => chromium?.close());

  async function open(t: TestContext) {
    const show = await ComposedShow.open(t, { env: withEncoders });
    const { client, announcement } = show.server;
    const recording = { storageConfigurationArn: show.storageArn, mediaTypes: ['AUDIO_VIDEO' as const] };
    await client.send(new UpdateStageCommand({ arn: show.stageArn, autoParticipantRecordingConfiguration: recording }));
    const { ingestConfiguration } = await client.send(
      new CreateIngestConfigurationCommand({
        stageArn: show.stageArn,
        ingestProtocol: 'RTMPS',
        insecureIngest: true,
        redundantIngest: true,
        userId: 'programme',
      }),
    );
    const { arn = '', participantId: virtualId = '', redundantIngestCredentials = [] } = ingestConfiguration ?? {};
    const [one = {}, two = {}] = redundantIngestCredentials;
    const urls = [one, two].map(({ streamKey }) => `${announcement.ingest.rtmp}${streamKey}`) as [string, string];
    return { show, arn, virtualId, physicalIds: [one.participantId ?? '', two.participantId ?? ''], urls };
  }

  it('is one publisher without a break for viewers and compositions, whichever encoder is killed', async (t) => {
    // Before the folder goes that the server writes recordings into.
    let twins: TwinEncoders | undefined;
    let server: ServerProcess | undefined;
    t.after(async () => {
      await twins?.close();
      await server?.kill();
    });
    const { show, arn, virtualId, physicalIds, urls } = await open(t);
    server = show.server;
    const { client } = server;
    twins = new TwinEncoders(clips, urls);
    const participants = async () => {
      const { stage } = await client.send(new GetStageCommand({ arn: show.stageArn }));
      const { activeSessionId: sessionId = '' } = stage ?? {};
      if (sessionId === '') return [];
      const listed = await client.send(new ListParticipantsCommand({ stageArn: show.stageArn, sessionId }));
      return listed.participants ?? [];
    };
    const switches = () => show.server.log().match(/a programme goes on with another encoder/g)?.length ?? 0;
    const untilThere = (participantId: string, wanted: 'CONNECTED' | 'DISCONNECTED') =>
      until(participants, (found) =>
        found.some((one) => one.participantId === participantId && one.state === wanted && one.published === true),
      );
    twins.start(0);
    await untilThere(virtualId, 'CONNECTED');
    twins.start(1);
    await untilThere(physicalIds[1] ?? '', 'CONNECTED');

    await page.stage.joinStage((await show.token()).token, { publish: false });
    await page.stage.watchBreaks(virtualId, TWIN_TONE_HZ);
    const composition = await show.start({});
    const { detail } = await show.untilDestination(composition, 's3', 'ACTIVE');
    const prefix = detail?.s3?.recordingPrefix ?? '';
    await show.untilSegments(prefix, 1);
    await page.stage.takeBreaks();
    const [pictureMs, quietMs]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      // The other one has to prove itself before one that is silent is given up.
      await wait(1_500 + 1_000 * Math.random());
      t.diagnostic(`before: ${JSON.stringify(await page.stage.takeBreaks())}`);
      const before = switches();
      const which = (before % 2) as 0 | 1; // each of them was a change to the other one
      const isFrozen = round % 3 === 2;
      if (isFrozen) twins.freeze(which);
      else await twins.kill(which);
      await until(
        async () => switches(),
        (count) => count > before,
      );
      await wait(1_500);
      const breaks = await page.stage.takeBreaks();
      t.diagnostic(`encoder ${which} ${isFrozen ? 'frozen' : 'killed'}: ${JSON.stringify(breaks)}`);
      pictureMs.push(breaks.pictureMs);
      quietMs.push(breaks.quietMs);
      await twins.kill(which);
      await untilThere(physicalIds[which] ?? '', 'DISCONNECTED'); // its key is free then
      twins.start(which);
      await untilThere(physicalIds[which] ?? '', 'CONNECTED');
    }
    // A busy machine makes breaks of its own, but not each time.
    assert.ok(median(pictureMs) <= TWIN_GROUP_MS, `no picture for ${pictureMs} ms`);
    assert.ok(median(quietMs) <= TWIN_GROUP_MS, `no sound for ${quietMs} ms`);
    const { ingestConfiguration } = await client.send(new GetIngestConfigurationCommand({ arn }));
    assert.equal(ingestConfiguration?.state, 'ACTIVE');

    const recorded = await until(
      async () => {
        const found = await participants();
        return [virtualId, ...physicalIds].map((id) => found.find(({ participantId }) => participantId === id));
      },
      ([, ...physical]) => physical.every((participant) => participant?.recordingState === 'ACTIVE'),
    );
    assert.deepEqual(
      recorded.map((participant) => [participant?.redundantIngest, participant?.recordingState]),
      [
        [false, 'DISABLED'],
        [true, 'ACTIVE'],
        [true, 'ACTIVE'],
      ],
    );
    const heard = await page.stage.events();
    assert.deepEqual(
      heard.filter(({ participantId }) => physicalIds.includes(participantId ?? '')),
      [],
    );
    const came = heard.filter(
      ({ name, participantId }) => participantId === virtualId && /streamsAdded|joined/i.test(name),
    );
    assert.equal(came.length, 2, 'it has joined, and its streams were added, once');
    await page.stage.leaveStage();

    await show.stop(composition);

    // Without the program that holds both there is nothing, and with the next one all is as it was.
    const children = await childrenOf(server.pid);
    const [pid] = [...children].find(([, command]) => command.includes('ingest-program')) ?? [];
    assert.ok(pid);
    process.kill(pid, 'SIGKILL');
    const untilState = (state: string) =>
      until(
        async () => (await client.send(new GetIngestConfigurationCommand({ arn }))).ingestConfiguration?.state,
        (found) => found === state,
      );
    await untilState('INACTIVE');
    await until(
      async () => show.server.log(),
      (log) => log.includes('encoders can connect again'),
    );
    await twins.kill(0);
    twins.start(0);
    await untilThere(virtualId, 'CONNECTED');
    await untilState('ACTIVE');

    await isWhole(t, show, prefix);
  });

  /** Neither picture nor sound of the composition stands still for long. */
  async function isWhole(t: TestContext, { bucket }: ComposedShow, prefix: string): Promise<void> {
    const { files } = await readComposed(t, bucket, prefix);
    const clockParticipant = { participantId: '', attributes: {}, hasVideo: true, aspectRatio: CLOCK_ASPECT_RATIO };
    const [place] = arrange({ grid: defaultGrid }, [clockParticipant], PICTURE);
    assert.ok(place);
    const numbers = files.flatMap((file) => readTile(file, place).flatMap(({ clock }) => clock?.number ?? []));
    const stillMs = (1_000 * longestRun(numbers, (number, before) => number === before)) / PICTURE.framerate;
    const back = numbers.filter((number, index) => number < (numbers[index - 1] ?? 0)).length;
    const samples = files.flatMap((file) => [...decodeSound(file)]);
    const whole = samples.slice(samples.findIndex((sample) => Math.abs(sample) > QUIET));
    const quietMs = (1_000 * longestRun(whole, (sample) => Math.abs(sample) < QUIET)) / SOUND_RATE_HZ;
    t.diagnostic(
      `the composition: ${numbers.length} pictures, ${back} times back, still for ${stillMs} ms and quiet for ${quietMs} ms at most`,
    );
    assert.ok(numbers.length > ROUNDS * 3 * PICTURE.framerate);
    // What a busy machine leaves out is among that.
    assert.ok(stillMs <= 2 * TWIN_GROUP_MS);
    const loudSamples = whole.filter((sample) => Math.abs(sample) > QUIET).length;
    assert.ok(loudSamples > MOSTLY * whole.length);
    if (!DIFFER) assert.equal(back, 0, 'no picture is shown again');
  }
});

function longestRun(
  values: readonly number[],
  continues: (value: number, before: number | undefined) => boolean,
): number {
  let [longest, run] = [0, 0];
  for (const [index, value] of values.entries()) {
    run = continues(value, values[index - 1]) ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

function decodeSound(file: Buffer): Float32Array {
  const decoding = ['-nostdin', '-v', 'error', '-i', '-', '-map', '0:a', '-ac', '1', '-ar', String(SOUND_RATE_HZ)];
  const output = execFileSync('ffmpeg', [...decoding, '-f', 'f32le', '-'], { input: file, maxBuffer: 2 ** 30 });
  return new Float32Array(output.buffer, output.byteOffset, output.length / 4);
}
