import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { checkInRealTime } from '../real-time.fixture.ts';
import { type HeardSession, Listener } from '../rtmp/session.fixture.ts';
import { Composer } from './composer.ts';
import type { FromComposer, StreamNews } from './composer-messages.ts';
import type { CompositionOptions, RtmpOutputSettings } from './composition-options.ts';
import { arrange } from './layout/arrange.ts';
import { defaultGrid } from './layout/default-layouts.ts';
import type { Layout } from './layout/layout.ts';
import {
  alike,
  beepsIn,
  type Color,
  colorAt,
  decodeProgramme,
  type EncodedProgramme,
  flashesAt,
  type Programme,
} from './programme.fixture.ts';
import { beepingSound, flashingPictures, Sender } from './sender.fixture.ts';

const PICTURE = { width: 320, height: 180, framesPerSecond: 30, bitrateBps: 1_000_000 };
const LAYOUT: Layout = { grid: { ...defaultGrid, participantOrderAttribute: 'order' } };
const PEOPLE = {
  alice: { color: [255, 0, 0], phaseMs: 0 },
  bob: { color: [0, 128, 0], phaseMs: 250 },
  carol: { color: [0, 0, 255], phaseMs: 500 },
} as const;
type Name = keyof typeof PEOPLE;
const FRAME_MS = 1_000 / 30;
const TOLERATED_OFF_MS = 45;

/** A composer and those who are composed. */
class Stand extends EventEmitter<{ told: [news: StreamNews] }> {
  readonly composer: Composer;
  readonly told: FromComposer[];
  readonly #senders = new Map<Name, Sender>();
  #present: Name[] = [];
  #ssrc = 0;

  private constructor(composer: Composer, told: FromComposer[]) {
    super();
    this.composer = composer;
    this.told = told;
  }

  static async open(options: CompositionOptions): Promise<Stand> {
    const told: FromComposer[] = [];
    return new Stand(await Composer.open(options, false, (message) => told.push(message)), told);
  }

  /** Those who are there now, in the order of arrival. */
  set(names: readonly Name[], orders: Partial<Record<Name, string>> = {}): void {
    this.#present = [...names];
    const attributesOf = (name: Name): Record<string, string> => {
      const order = orders[name];
      return order === undefined ? {} : { order };
    };
    this.composer.setParticipants(names.map((name) => ({ participantId: name, attributes: attributesOf(name) })));
    for (const [name, sender] of this.#senders) {
      if (names.includes(name)) continue;
      sender.close();
      this.#senders.delete(name);
    }
    for (const name of names) {
      if (!this.#senders.has(name)) this.#senders.set(name, this.#send(name));
    }
  }

  async close(): Promise<void> {
    this.set([]);
    await this.composer.close();
  }

  /** Ends what somebody sends, and begins it anew on a machine with another clock. */
  republish(name: Name, wallClockMs: number): void {
    this.#senders.get(name)?.close();
    for (const kind of ['video', 'audio'] as const) this.composer.news(name, { type: 'ended', kind });
    this.#senders.set(name, this.#send(name, wallClockMs));
  }

  #send(name: Name, wallClockMs = 1e12): Sender {
    this.#ssrc += 2; // another one for each stream, as the SFU has it
    const ssrc = this.#ssrc;
    return new Sender({
      wallClockMs,
      port: this.composer.port,
      videoSsrc: ssrc,
      audioSsrc: ssrc + 1,
      pictures: pictures.get(name) ?? [],
      sound,
      phaseMs: PEOPLE[name].phaseMs,
      tell: (news) => {
        if (!this.#present.includes(name)) return;
        this.composer.news(name, news);
        this.emit('told', news);
      },
    });
  }
}

const pictures = new Map(
  (Object.keys(PEOPLE) as Name[]).map((name) => {
    const color = PEOPLE[name].color.map((value) => value.toString(16).padStart(2, '0')).join('');
    return [name, flashingPictures(`0x${color}`)] as const;
  }),
);
const sound = beepingSound();

/** What came by RTMP. */
function programmeOf(heard: HeardSession): Programme {
  let parameterSets: readonly Buffer[] = [];
  const shown: EncodedProgramme['pictures'][number][] = [];
  for (const tag of heard.video) {
    if (tag.kind === 'config') parameterSets = [...tag.sps, ...tag.pps];
    else if (tag.kind === 'picture') {
      shown.push({ timeMs: tag.timestampMs, units: [...(tag.keyFrame ? parameterSets : []), ...tag.nalUnits] });
    }
  }
  const heardSound = heard.audio.flatMap((tag) =>
    tag.kind === 'frame' ? [{ timeMs: tag.timestampMs, data: tag.data }] : [],
  );
  return decodeProgramme({ ...PICTURE, pictures: shown, sound: heardSound });
}

async function accepted(listener: Listener): Promise<HeardSession> {
  const heard = await listener.session();
  await heard.published;
  heard.session.accept();
  return heard;
}

/** Time of the stream until which pictures have come. */
function nowOf(heard: HeardSession): number {
  return heard.video.at(-1)?.timestampMs ?? 0;
}

async function waitFor(heard: HeardSession, ms: number): Promise<number> {
  const untilMs = nowOf(heard) + ms;
  while (nowOf(heard) < untilMs) await once(heard.session, 'video');
  return nowOf(heard);
}

/** Where somebody's tile is, with these participants in this order. */
function middleOf(name: Name, inOrder: readonly Name[]): { x: number; y: number } {
  const participants = inOrder.map((participantId) => ({
    participantId,
    attributes: {},
    hasVideo: true,
    aspectRatio: 16 / 9,
  }));
  const tile = arrange(LAYOUT, participants, PICTURE).find(({ participantId }) => participantId === name);
  assert.ok(tile);
  return { x: tile.x + tile.width / 2, y: tile.y + tile.height / 2 };
}

/** Everybody has the tile that is theirs, with their own colour or white in it, and both is to be seen. */
function checkPlaces(programme: Programme, inOrder: readonly Name[], fromMs: number, toMs: number): void {
  for (const name of inOrder) {
    const { x, y } = middleOf(name, inOrder);
    const colors = programme.picturesMs.flatMap((timeMs, picture): Color[] =>
      timeMs >= fromMs && timeMs < toMs ? [colorAt(programme, picture, x, y)] : [],
    );
    const own = colors.filter((color) => alike(color, PEOPLE[name].color)).length;
    const white = colors.filter((color) => alike(color, [255, 255, 255])).length;
    assert.ok(own > white && white > 0, `${name}: of ${colors.length} pictures ${own} are theirs, ${white} white`);
    // The first picture of a flash may be a mixture.
    assert.ok(own + white >= 0.9 * colors.length, `${name}: of ${colors.length} pictures ${own} are theirs`);
  }
}

/** Each flash of a tile has its beep. */
function checkTogether(programme: Programme, inOrder: readonly Name[], fromMs: number, toMs: number): void {
  const beeps = beepsIn(programme);
  for (const name of inOrder) {
    const { x, y } = middleOf(name, inOrder);
    const flashes = flashesAt(programme, x, y).filter((atMs) => atMs >= fromMs && atMs < toMs);
    assert.ok(flashes.length >= Math.floor((toMs - fromMs) / 1_000) - 1, `${name} flashes ${flashes.length} times`);
    for (const flashMs of flashes) {
      const offMs = Math.min(...beeps.map((beepMs) => Math.abs(beepMs - flashMs)));
      assert.ok(offMs <= TOLERATED_OFF_MS, `${name}: the beep of the flash at ${flashMs} ms is off by ${offMs} ms`);
    }
  }
}

/** Of how many pictures there is none. */
function missing({ picturesMs }: Programme): number {
  const [first = 0, last = 0] = [picturesMs[0], picturesMs.at(-1)];
  return Math.round((last - first) / FRAME_MS) + 1 - picturesMs.length;
}

describe('a composer', { timeout: 300_000 }, () => {
  let listener: Listener;

  before(async () => {
    listener = await Listener.open();
  });
  after(() => listener?.[Symbol.asyncDispose]());

  const rtmp = (streamKey: string): RtmpOutputSettings => ({
    type: 'rtmp',
    url: `rtmp://127.0.0.1:${listener.port}/app`,
    streamKey,
  });

  async function open(t: { after(work: () => unknown): void }, layout = LAYOUT): Promise<Stand> {
    const stand = await Stand.open({ layout, destinations: [{ id: 'live', picture: PICTURE, output: rtmp('key') }] });
    t.after(() => stand.close());
    return stand;
  }

  it('shows who comes, goes and is put elsewhere, in step with their sound, without a break', async (t) => {
    await checkInRealTime(async () => {
      const stand = await open(t);
      const beganMs = performance.now();
      stand.set(['alice', 'bob', 'carol']);
      const heard = await accepted(listener);
      await once(heard.session, 'video');
      const startedMs = performance.now() - beganMs;
      const joinedMs = await waitFor(heard, 3_500);
      stand.set(['alice', 'bob', 'carol'], { carol: '-1', bob: '7' });
      const orderedMs = await waitFor(heard, 2_000);
      stand.set(['alice', 'bob'], { bob: '7' });
      const leftMs = await waitFor(heard, 2_500);
      stand.set(['alice', 'bob', 'carol']);
      const returnedMs = await waitFor(heard, 3_500);
      await stand.close();
      await heard.closed;

      const programme = programmeOf(heard);
      assert.ok(startedMs < 2_000, `it began after ${startedMs} ms`);
      // Key frames come once a second here, and what is shown now was sent a delay ago.
      const settledMs = 1_500;
      checkPlaces(programme, ['alice', 'bob', 'carol'], settledMs, joinedMs);
      checkTogether(programme, ['alice', 'bob', 'carol'], settledMs, joinedMs);
      checkPlaces(programme, ['carol', 'bob', 'alice'], joinedMs + 200, orderedMs);
      checkPlaces(programme, ['bob', 'alice'], orderedMs + 200, leftMs);
      checkTogether(programme, ['bob', 'alice'], orderedMs + 200, leftMs);
      checkPlaces(programme, ['alice', 'bob', 'carol'], leftMs + settledMs, returnedMs);
      checkTogether(programme, ['alice', 'bob', 'carol'], leftMs + settledMs, returnedMs);
      const beeps = beepsIn(programme).filter((atMs) => atMs >= orderedMs + 200 && atMs < orderedMs + 2_200);
      assert.equal(beeps.length, 4, `${beeps} ms are beeps of two`);
      // What a busy machine was too late for is told; nothing else is missing, whoever comes and goes.
      const skipped = stand.composer.renditions.reduce((sum, { track }) => sum + track.statistics.skippedPictures, 0);
      t.diagnostic(`${skipped} pictures were left out for want of time`);
      assert.ok(missing(programme) <= skipped, `${missing(programme)} pictures are missing, ${skipped} were left out`);
      assert.deepEqual(
        stand.told.flatMap((message) => (message.type === 'report' ? [message.report.state] : [])),
        ['ACTIVE', 'STOPPED'],
      );
    });
  });

  it('leaves out a video that is stopped, and goes on hearing its participant', async (t) => {
    await checkInRealTime(async () => {
      const stand = await open(t, { grid: { ...LAYOUT.grid, omitStoppedVideo: true } });
      stand.set(['alice', 'bob']);
      const heard = await accepted(listener);
      await waitFor(heard, 1_500);
      stand.composer.news('bob', { type: 'paused', kind: 'video', paused: true });
      const pausedMs = nowOf(heard);
      const resumedMs = await waitFor(heard, 2_500);
      stand.composer.news('bob', { type: 'paused', kind: 'video', paused: false });
      const endMs = await waitFor(heard, 3_000);
      await stand.close();
      await heard.closed;
      const programme = programmeOf(heard);
      checkPlaces(programme, ['alice'], pausedMs + 200, resumedMs);
      const beeps = beepsIn(programme).filter((atMs) => atMs >= pausedMs && atMs < pausedMs + 2_000);
      assert.equal(beeps.length, 4);
      checkPlaces(programme, ['alice', 'bob'], resumedMs + 1_500, endMs);
      // What a busy machine was too late for is told; nothing else is missing, whoever comes and goes.
      const skipped = stand.composer.renditions.reduce((sum, { track }) => sum + track.statistics.skippedPictures, 0);
      t.diagnostic(`${skipped} pictures were left out for want of time`);
      assert.ok(missing(programme) <= skipped, `${missing(programme)} pictures are missing, ${skipped} were left out`);
    });
  });

  it('shows whoever publishes anew from a machine whose clock is another one', async (t) => {
    await checkInRealTime(async () => {
      const stand = await open(t);
      stand.set(['alice']);
      const heard = await accepted(listener);
      const firstMs = await waitFor(heard, 2_500);
      // So little that it might have been a long way.
      stand.republish('alice', 1e12 - performance.now() - 1_500);
      const secondMs = await waitFor(heard, 3_500);
      stand.republish('alice', 1e12 - performance.now() + 1_500);
      const thirdMs = await waitFor(heard, 3_500);
      await stand.close();
      await heard.closed;
      const programme = programmeOf(heard);
      for (const [fromMs, toMs] of [
        [500, firstMs],
        [firstMs + 1_500, secondMs],
        [secondMs + 1_500, thirdMs],
      ] as const) {
        checkPlaces(programme, ['alice'], fromMs, toMs);
        checkTogether(programme, ['alice'], fromMs, toMs);
      }
    });
  });

  it('begins without a picture when nobody sends one', async (t) => {
    const stand = await open(t);
    stand.composer.setParticipants([{ participantId: 'alice', attributes: {} }]);
    const heard = await accepted(listener);
    await waitFor(heard, 1_000);
    assert.ok(heard.audio.length > 10);
  });

  it('tells which videos are wanted, those included whose pictures have not come', async (t) => {
    const stand = await open(t, { grid: { ...LAYOUT.grid, omitStoppedVideo: true } });
    stand.composer.setParticipants([{ participantId: 'alice', attributes: {} }]);
    const wanted = () => stand.told.findLast((message) => message.type === 'wanted')?.videos;
    assert.deepEqual(wanted(), [{ participantId: 'alice', size: undefined }]);
    stand.composer.news('alice', { type: 'stream', kind: 'video', codec: 'h264', ssrc: 1, paused: false });
    assert.deepEqual(wanted(), [{ participantId: 'alice', size: { width: 320, height: 180 } }]);
    stand.composer.news('alice', { type: 'paused', kind: 'video', paused: true });
    assert.deepEqual(wanted(), [{ participantId: 'alice', size: undefined }]);
  });

  it('goes on for one destination when the other has failed, and encodes nothing when both have', async (t) => {
    const stand = await Stand.open({
      layout: LAYOUT,
      destinations: [
        { id: 'live', picture: PICTURE, output: rtmp('key') },
        { id: 'wrong', picture: PICTURE, output: { ...rtmp('key'), url: 'http://127.0.0.1/app' } },
      ],
    });
    t.after(() => stand.close());
    stand.set(['alice']);
    const heard = await accepted(listener);
    await waitFor(heard, 500);
    const failed = () =>
      stand.told.flatMap((each) =>
        each.type === 'report' && each.report.state === 'FAILED' ? [each.destinationId] : [],
      );
    assert.deepEqual(failed(), ['wrong']);
    assert.equal(stand.composer.renditions.length, 1);

    heard.socket.destroy();
    const again = await listener.session();
    await again.published;
    again.session.refuse('NetStream.Publish.Denied', 'no such key');
    const [rendition] = stand.composer.renditions;
    while (failed().length < 2) await once(again.socket, 'close');
    await once(stand, 'told'); // the picture that was being made is made
    const { pictures: before } = rendition?.track.statistics ?? {};
    // Reports come every 300 ms, one for each kind.
    for (let count = 0; count < 6; count += 1) await once(stand, 'told');
    assert.equal(rendition?.track.statistics.pictures, before);
  });

  it('makes nothing more for a destination that is ended, and ends it properly', async (t) => {
    const other = { ...PICTURE, width: 160, height: 90 };
    const stand = await Stand.open({
      layout: LAYOUT,
      destinations: [
        { id: 'live', picture: PICTURE, output: rtmp('key') },
        { id: 'other', picture: other, output: rtmp('other') },
        { id: 'never', picture: { ...other, bitrateBps: 1 }, output: rtmp('never') },
      ],
    });
    t.after(() => stand.close());
    stand.composer.endDestination('never');
    stand.set(['alice']);
    assert.equal(stand.composer.renditions.length, 2);
    const [first, second] = [await accepted(listener), await accepted(listener)];
    const [live, ended] = (await first.published).streamKey === 'key' ? [first, second] : [second, first];
    for (const each of [live, ended]) await waitFor(each, 500);
    stand.composer.endDestination('other');
    assert.equal((await ended.ended).reason, 'unpublished');
    const [, otherTrack] = stand.composer.renditions.map(({ track }) => track);
    await waitFor(live, 200); // the picture that was being made is made
    const before = otherTrack?.statistics.pictures;
    await waitFor(live, 500);
    assert.equal(otherTrack?.statistics.pictures, before);
    const reports = stand.told.flatMap((each) => (each.type === 'report' ? [each] : []));
    assert.deepEqual(reports.map(({ destinationId, report }) => `${destinationId} ${report.state}`).sort(), [
      'live ACTIVE',
      'other ACTIVE',
      'other STOPPED',
    ]);
  });
});
