import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { type EventEmitter, on, once } from 'node:events';
import { after, before, describe, type TestContext, test } from 'node:test';
import {
  CreateParticipantTokenCommand,
  DeleteStageCommand,
  DisconnectParticipantCommand,
  GetParticipantCommand,
  ParticipantTokenCapability,
} from '@aws-sdk/client-ivs-realtime';
import {
  type H264Frame,
  type JoinOptions,
  Participant,
  type RemoteAudio,
  type RemoteParticipant,
  type RemoteVideo,
  StageErrorCode,
  type VideoFrame,
} from '@proscenium/participant';
import { accessUnits, encodeH264 } from '../../packages/media/src/rtp/encode.fixture.ts';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { frequency, tone } from '../support/sound.ts';
import { TestStage } from '../support/stage.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

const SAMPLE_RATE = 16_000;
const guard = () => AbortSignal.timeout(60_000);

/** The arguments of the first event from now on that is as wished. */
async function next<Arguments extends unknown[]>(
  emitter: EventEmitter,
  event: string,
  accept: (...args: Arguments) => boolean = () => true,
): Promise<Arguments> {
  for await (const args of on(emitter, event, { signal: guard() })) {
    if (accept(...(args as Arguments))) return args as Arguments;
  }
  throw new Error(`${event} never came`);
}

async function join(t: TestContext, token: string, options?: JoinOptions): Promise<Participant> {
  const participant = await Participant.join(token, options);
  t.after(() => participant.leave());
  return participant;
}

/** The frequency of so many seconds of sound. */
async function hear(audio: RemoteAudio, seconds = 1): Promise<number> {
  const samples: number[] = [];
  for await (const frame of audio.pcm({ sampleRate: SAMPLE_RATE, signal: guard() })) {
    samples.push(...frame.samples);
    if (samples.length >= seconds * SAMPLE_RATE) break;
  }
  return frequency(samples, SAMPLE_RATE);
}

/** Listens until the tone is heard: what comes first may be silence. */
function untilHeard(audio: RemoteAudio, hz: number): Promise<number> {
  return until(
    () => hear(audio),
    (heard) => Math.abs(heard - hz) < 10,
  );
}

async function take(video: RemoteVideo, count: number): Promise<VideoFrame[]> {
  const frames: VideoFrame[] = [];
  for await (const frame of video.frames({ signal: guard() })) {
    frames.push(frame);
    if (frames.length === count) break;
  }
  assert.equal(frames.length, count);
  return frames;
}

/** What FFmpeg decodes. @throws when it complains */
function decodedFrames(stream: Buffer, format: string): number {
  const args = ['-v', 'error', '-f', format, '-count_frames', '-show_entries', 'stream=nb_read_frames'];
  return Number(execFileSync('ffprobe', [...args, '-of', 'csv=p=0', '-i', '-'], { input: stream, encoding: 'utf8' }));
}

/** Frames of VP8 as a file that FFmpeg reads. */
function writeIvf(frames: readonly VideoFrame[]): Buffer {
  const header = Buffer.alloc(32);
  header.write('DKIF');
  header.writeUInt16LE(32, 6);
  header.write('VP80', 8);
  header.writeUInt32LE(30, 16);
  header.writeUInt32LE(1, 20);
  const parts = frames.flatMap(({ data }, index) => {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(data.length);
    head.writeUInt32LE(index, 4);
    return [head, data];
  });
  return Buffer.concat([header, ...parts]);
}

const START_CODE = Buffer.of(0, 0, 0, 1);

/** A test picture over and over again, 30 times a second, with a key frame each second. */
async function* pictures(): AsyncGenerator<H264Frame> {
  const units = accessUnits(
    encodeH264({ frames: 30, x264: 'keyint=30:bframes=0', arguments: ['-profile:v', 'baseline'] }),
  );
  for (let number = 0; ; number += 1) {
    const { units: nalUnits } = units[number % units.length] ?? { units: [] };
    yield { data: Buffer.concat(nalUnits.flatMap((unit) => [START_CODE, unit])), timeMs: (number * 1_000) / 30 };
  }
}

async function* endless(hz: number): AsyncGenerator<Int16Array> {
  yield* tone(hz, SAMPLE_RATE);
}

const aTone = (hz: number) => ({ pcm: endless(hz), sampleRate: SAMPLE_RATE }) as const;
const isRefusal = (code: number) => (error: Error & { code?: number }) => error.code === code;

describe('a participant without a browser', { skip: chromiumMissing() }, () => {
  let server: ServerProcess;
  let chromium: Chromium;

  before(async () => {
    server = await startServer();
    chromium = await launchChromium();
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
  });

  test('receives the Opus and the H.264 of a page, and is heard and seen with both', async (t) => {
    const stage = await TestStage.create(server, ['agent', 'visitor']);
    const [agent, visitor] = [stage.invited('agent'), stage.invited('visitor')];
    const page = await chromium.openPage();
    t.after(() => page.close());
    const participant = await join(t, agent.token);
    const came = Promise.all([next<[RemoteAudio]>(participant, 'audio'), next<[RemoteVideo]>(participant, 'video')]);
    await page.stage.joinStage(visitor.token);
    const [[audio], [video]] = await came;
    assert.deepEqual([audio.participantId, video.participantId], [visitor.participantId, visitor.participantId]);
    const [remote] = participant.participants;
    assert.deepEqual([remote?.userId, remote?.attributes], ['visitor', { seat: '1' }]);
    assert.equal(remote?.audio, audio);

    assert.ok(Math.abs((await untilHeard(audio, 440)) - 440) < 10);
    const frames = await take(video, 60);
    assert.deepEqual([frames[0]?.codec, frames[0]?.keyFrame], ['h264', true]);
    assert.equal(decodedFrames(Buffer.concat(frames.map(({ data }) => data)), 'h264'), 60);
    const times = frames.map(({ timeMs }) => timeMs);
    assert.ok(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0)));
    assert.ok(Math.abs((times[0] ?? 0) - Date.now()) < 60_000);

    // What it gets it gives back: packets of Opus and pictures as they are.
    const publication = await participant.publish({
      audio: { opus: audio.opusPackets() },
      video: { h264: video.frames() },
    });
    publication.on('keyFrameRequested', () => video.requestKeyFrame());
    await page.stage.waitForFrames(agent.participantId, 60);
    const { heard, peaksHz } = await page.stage.hearTone(agent.participantId);
    assert.ok(heard, `peaks at ${peaksHz} Hz`);
    publication.stop();
    await page.stage.waitForEvent({
      name: 'stageParticipantPublishStateChanged',
      participantId: agent.participantId,
      detail: 'not_published',
    });
    assert.equal(participant.publication, undefined);
  });

  test('receives the VP8 of a page', async (t) => {
    const stage = await TestStage.create(server, ['agent', 'visitor']);
    const page = await chromium.openPage();
    t.after(() => page.close());
    const participant = await join(t, stage.invited('agent').token);
    const came = next<[RemoteVideo]>(participant, 'video');
    await page.stage.postPublish(stage.whipUrl, stage.invited('visitor').token, { videoCodec: 'video/VP8' });
    const [video] = await came;
    const frames = await take(video, 30);
    assert.deepEqual([frames[0]?.codec, frames[0]?.keyFrame], ['vp8', true]);
    assert.equal(decodedFrames(writeIvf(frames), 'ivf'), 30);
  });

  test('is heard with samples, is the active speaker, and is muted', async (t) => {
    const stage = await TestStage.create(server, ['agent', 'visitor']);
    const { participantId, token } = stage.invited('agent');
    const page = await chromium.openPage();
    t.after(() => page.close());
    await page.stage.joinStage(stage.invited('visitor').token, { publish: false });
    const participant = await join(t, token);
    const publication = await participant.publish({ audio: aTone(660) });
    const { heard, peaksHz } = await page.stage.hearTone(participantId, { hz: 660 });
    assert.ok(heard, `peaks at ${peaksHz} Hz`);
    await page.stage.waitForEvent({ name: 'stageActiveSpeakerChanged', participantId });

    const muted = { name: 'stageStreamMuteChanged', participantId };
    publication.setMuted('audio', true);
    const { atMs } = await page.stage.waitForEvent({ ...muted, detail: 'audio muted' });
    publication.setMuted('audio', false);
    await page.stage.waitForEvent({ ...muted, detail: 'audio unmuted', afterMs: atMs });
    publication.setAudio(aTone(880));
    assert.ok((await page.stage.hearTone(participantId, { hz: 880 })).heard);
  });

  test('hears of a page that mutes itself and leaves', async (t) => {
    const stage = await TestStage.create(server, ['agent', 'visitor']);
    const { participantId, token } = stage.invited('visitor');
    const page = await chromium.openPage();
    t.after(() => page.close());
    const participant = await join(t, stage.invited('agent').token);
    const came = next<[RemoteAudio]>(participant, 'audio');
    await page.stage.joinStage(token);
    const [audio] = await came;
    const muted = next<[RemoteParticipant, string]>(participant, 'muteChanged');
    await page.stage.setMuted('audio', true);
    const [remote, kind] = await muted;
    assert.deepEqual([remote.id, kind, remote.audioMuted], [participantId, 'audio', true]);
    const left = next<[RemoteParticipant]>(participant, 'participantLeft');
    const rest = Array.fromAsync(audio.opusPackets());
    await page.stage.leaveStage();
    assert.equal((await left)[0].id, participantId);
    await rest;
    assert.deepEqual([remote.isPublishing, remote.audio, participant.participants], [false, undefined, []]);
  });
});

describe('participants without a browser', () => {
  let server: ServerProcess;

  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  test('hear and see each other, what they wish of it', async (t) => {
    const stage = await TestStage.create(server, ['speaker', 'listener', 'spectator']);
    const speaker = await join(t, stage.invited('speaker').token);
    const publication = await speaker.publish({ audio: aTone(500), video: { h264: pictures() } });
    let wish: 'AUDIO_ONLY' | 'AUDIO_VIDEO' | 'NONE' = 'AUDIO_ONLY';
    const listener = await join(t, stage.invited('listener').token, {
      subscribe: ({ userId }) => (userId === 'speaker' ? wish : 'NONE'),
    });
    const [audio] = await next<[RemoteAudio]>(listener, 'audio');
    await untilHeard(audio, 500);
    const [remote] = listener.participants;
    assert.equal(remote?.video, undefined);

    wish = 'AUDIO_VIDEO';
    const came = next<[RemoteVideo]>(listener, 'video');
    listener.refresh();
    const [video] = await came;
    assert.equal(decodedFrames(Buffer.concat((await take(video, 30)).map(({ data }) => data)), 'h264'), 30);
    assert.equal(remote?.audio, audio);
    const asked = next(publication, 'keyFrameRequested');
    video.requestKeyFrame();
    await asked;

    wish = 'NONE';
    const rest = Array.fromAsync(video.frames());
    listener.refresh();
    await rest;
    assert.deepEqual([remote?.audio, remote?.video, remote?.isPublishing], [undefined, undefined, true]);
  });

  test('are told when a source ends, or fails, and publish on', async (t) => {
    const stage = await TestStage.create(server, ['speaker']);
    const speaker = await join(t, stage.invited('speaker').token);
    const states: unknown[] = [];
    async function* word() {
      states.push(speaker.publication?.state);
      yield new Int16Array(SAMPLE_RATE / 10);
    }
    async function* broken(): AsyncGenerator<H264Frame> {
      yield { data: Buffer.of(0, 0, 1, 0x65) };
      throw new Error('the camera fell down');
    }
    const publication = await speaker.publish({ audio: { pcm: word(), sampleRate: SAMPLE_RATE } });
    assert.deepEqual(await next(publication, 'sourceEnded'), ['audio', undefined]);
    assert.deepEqual(states, ['published']);
    const failed = next<[string, Error]>(publication, 'sourceEnded');
    publication.setVideo({ h264: broken() });
    const [kind, error] = await failed;
    assert.deepEqual([kind, error.message], ['video', 'the camera fell down']);
    assert.equal(publication.state, 'published');
  });

  test('are refused sound that Opus does not know, and publish on', async (t) => {
    const stage = await TestStage.create(server, ['speaker']);
    const speaker = await join(t, stage.invited('speaker').token);
    const publication = await speaker.publish({ audio: aTone(500) });
    const unknown = { pcm: endless(500), sampleRate: 44_100 as 48_000 };
    await assert.rejects(speaker.publish({ audio: unknown }), RangeError);
    assert.throws(() => publication.setAudio(unknown), RangeError);
    assert.equal(speaker.publication, publication);
    assert.equal(publication.state, 'published');
    const { participant } = await server.client.send(
      new GetParticipantCommand({
        stageArn: stage.arn,
        sessionId: await stage.activeSessionId(),
        participantId: speaker.id,
      }),
    );
    assert.match(participant?.sdkVersion ?? '', /^proscenium-participant \d+\.\d+\.\d+$/);
  });

  test('go on over a new events socket when theirs was cut, and nobody leaves', async (t) => {
    const proxy = await startTcpProxy();
    t.after(() => proxy.close());
    const behind = await startServer({ env: { PROSCENIUM_PUBLIC_URL: `http://127.0.0.1:${proxy.port}` } });
    t.after(() => behind.stop());
    proxy.passOnTo(await behind.listenPort());
    const stage = await TestStage.create(behind, ['speaker', 'listener']);
    const speaker = await join(t, stage.invited('speaker').token);
    await speaker.publish({ audio: aTone(500) });
    const listener = await join(t, stage.invited('listener').token);
    const [audio] = await next<[RemoteAudio]>(listener, 'audio');
    await untilHeard(audio, 500);
    const states: string[] = [];
    listener.on('stateChanged', (state) => states.push(state));
    listener.on('participantLeft', () => states.push('somebody left'));
    listener.on('audio', () => states.push('other audio'));
    const again = next(listener, 'stateChanged', (state) => state === 'connected');
    proxy.cut();
    await again;
    assert.deepEqual([states[0], states.at(-1)], ['errored', 'connected']);
    await untilHeard(audio, 500);
    assert.ok(
      states.every((state) => ['errored', 'connecting', 'connected'].includes(state)),
      states.join(),
    );
    assert.equal(speaker.publication?.state, 'published');
    const sessionId = await stage.activeSessionId();
    const events = await stage.events(sessionId, listener.id);
    assert.ok(events.every(({ name }) => name !== 'LEFT'));
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`hear each other again when their server was started again after ${signal}`, async (t) => {
      const dataFolder = await createDataFolder(t);
      const first = await startServer({ dataFolder });
      const stage = await TestStage.create(first, ['speaker', 'listener']);
      const speaker = await join(t, stage.invited('speaker').token);
      await speaker.publish({ audio: aTone(500) });
      const listener = await join(t, stage.invited('listener').token);
      const [audio] = await next<[RemoteAudio]>(listener, 'audio');
      await untilHeard(audio, 500);
      const left: unknown[] = [];
      for (const each of [speaker, listener]) each.on('left', (reason) => left.push(reason));

      await (signal === 'SIGTERM' ? first.stop() : first.kill());
      const second = await startServer({ dataFolder, args: ['--listen', new URL(first.endpoint).host] });
      t.after(() => second.stop());
      await until(
        async () => {
          const present = listener.participants[0]?.audio;
          return present ? await hear(present, 0.5) : 0;
        },
        (heard) => Math.abs(heard - 500) < 20,
      );
      assert.deepEqual(left, []);
    });
  }

  test('are told why they are out', async (t) => {
    const stage = await TestStage.create(server, ['one', 'two', 'three']);
    const [one, two, three] = await Promise.all(
      ['one', 'two', 'three'].map((userId) => join(t, stage.invited(userId).token)),
    );
    assert.ok(one && two && three);
    const out = (participant: Participant) => once(participant, 'left', { signal: guard() });

    const disconnected = out(one);
    await server.client.send(new DisconnectParticipantCommand({ stageArn: stage.arn, participantId: one.id }));
    assert.deepEqual(await disconnected, ['participant-disconnected']);
    assert.equal(one.state, 'disconnected');
    await assert.rejects(
      Participant.join(stage.invited('one').token),
      isRefusal(StageErrorCode.PARTICIPANT_DISCONNECTED),
    );

    const reused = out(two);
    const again = await join(t, stage.invited('two').token);
    assert.deepEqual(await reused, ['token-reused']);

    const leaving = out(three);
    three.leave();
    assert.deepEqual(await leaving, ['user-initiated']);

    const deleted = out(again);
    await server.client.send(new DeleteStageCommand({ arn: stage.arn }));
    assert.deepEqual(await deleted, ['stage-deleted']);
    await assert.rejects(Participant.join(stage.invited('three').token), isRefusal(StageErrorCode.STAGE_DELETED));
  });

  test('are refused with the reason', async (t) => {
    const stage = await TestStage.create(server, ['one']);
    const { token } = stage.invited('one');
    const [head = '', body = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    const changed = (members: object) =>
      [head, Buffer.from(JSON.stringify({ ...claims, ...members })).toString('base64url'), signature].join('.');
    await assert.rejects(Participant.join('none'), isRefusal(StageErrorCode.TOKEN_MALFORMED));
    await assert.rejects(Participant.join(changed({ exp: 1 })), isRefusal(StageErrorCode.TOKEN_EXPIRED));
    await assert.rejects(Participant.join(changed({ user_id: 'two' })), isRefusal(StageErrorCode.TOKEN_MALFORMED));

    const { participantToken } = await server.client.send(
      new CreateParticipantTokenCommand({ stageArn: stage.arn, capabilities: [ParticipantTokenCapability.SUBSCRIBE] }),
    );
    const listener = await join(t, participantToken?.token ?? '');
    await assert.rejects(listener.publish({ audio: aTone(500) }), isRefusal(StageErrorCode.TOKEN_NOT_ALLOWED));
    assert.equal(listener.state, 'connected');
  });

  test('give up joining, and leave, by a signal', async (t) => {
    const stage = await TestStage.create(server, ['one']);
    const { token } = stage.invited('one');
    await assert.rejects(Participant.join(token, { signal: AbortSignal.abort(new Error('too late')) }), /too late/);
    const joining = new AbortController();
    const attempt = Participant.join(token, { signal: joining.signal });
    joining.abort(new Error('changed my mind'));
    await assert.rejects(attempt, /changed my mind/);

    const staying = new AbortController();
    const participant = await join(t, token, { signal: staying.signal });
    const left = once(participant, 'left');
    staying.abort();
    assert.deepEqual(await left, ['user-initiated']);
  });
});
