import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { GetStageCommand, StartParticipantReplicationCommand } from '@aws-sdk/client-ivs-realtime';
import { arrange } from '../../packages/media/src/composition/layout/arrange.ts';
import { defaultGrid } from '../../packages/media/src/composition/layout/default-layouts.ts';
import type { LaidOutParticipant, Layout } from '../../packages/media/src/composition/layout/layout.ts';
import { chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type EncodedClock, encodeClock } from '../support/clock-publisher.ts';
import { CLOCK_COLOURS, type TileReading } from '../support/composed-clock.ts';
import { readComposed, readScenes, type Scene, sequenceOf } from '../support/composed-recording.ts';
import { ComposedShow, PICTURE } from '../support/composed-show.ts';
import { TestStage } from '../support/stage.ts';
import { TokenSigner } from '../support/token-signer.ts';

const clockSeconds = 100;
const layout = {
  ...defaultGrid,
  featuredParticipantAttribute: 'star',
  participantOrderAttribute: 'rank',
  omitStoppedVideo: true,
  videoFillMode: 'COVER',
} as const;
const guest = 'guest';

describe('a composition by attributes', { skip: chromiumMissing(), timeout: 400_000 }, () => {
  let red: EncodedClock;
  let blue: EncodedClock;
  before(() => {
    red = encodeClock(clockSeconds, CLOCK_COLOURS.red);
    blue = encodeClock(clockSeconds, CLOCK_COLOURS.blue);
  });

  it('follows tokens that are exchanged, stopped video, and replicas', async (t) => {
    const show = await ComposedShow.open(t);
    const { client } = show.server;
    const keys = await mkdtemp(path.join(tmpdir(), 'proscenium-keys-'));
    const signer = await TokenSigner.create(show.server, keys);
    await rm(keys, { recursive: true });
    const { stage = { arn: '' } } = await client.send(new GetStageCommand({ arn: show.stageArn }));
    const token = (rank: string) => signer.token(stage, guest, { allow_publish: true }, { attributes: { rank } });

    await show.publish(red, { attributes: { rank: '2' } });
    const chromium = await launchChromium();
    t.after(() => chromium.close());
    const { stage: page, ...opened } = await chromium.openPage();
    t.after(() => opened.close());
    await page.useBeepingClock({ width: 320, height: 192 });
    await page.joinStage(token('3'), { subscribe: false });
    const arn = await show.start({ layout: { grid: layout } });
    const { id: destinationId } = await show.untilDestination(arn, 's3', 'ACTIVE');
    const prefix = `${show.stageArn.split('/')[1]}/${arn.split('/')[1]}/${destinationId}/composite`;
    const untilMore = async () => show.untilSegments(prefix, (await show.untilSegments(prefix, 0)) + 3);

    await untilMore();
    assert.equal(await page.exchangeToken(token('1')), 'taken');
    await untilMore();
    await page.setMuted('video', true);
    await untilMore();
    await page.setMuted('video', false);
    await untilMore();

    const elsewhere = await TestStage.create(show.server, ['star']);
    const { participantId, token: starToken } = elsewhere.invited('star');
    await show.publishTo(elsewhere.whipUrl, starToken, blue, { kinds: ['video'] });
    await elsewhere.untilEvent(await elsewhere.untilSession(), participantId, 'PUBLISH_STARTED');
    const replication = { sourceStageArn: elsewhere.arn, destinationStageArn: show.stageArn, participantId };
    await client.send(new StartParticipantReplicationCommand({ ...replication, attributes: { star: 'true' } }));
    await untilMore();
    await show.stop(arn);

    const scenes = [
      scene('red, page', { red: '2', page: '3' }),
      scene('page, red', { red: '2', page: '1' }),
      scene('red alone', { red: '2' }),
      scene('star above page and red', { red: '2', page: '1', star: 'true' }),
    ];
    const { files } = await readComposed(t, show.bucket, prefix);
    assert.equal(files.length, 1);
    const [file = Buffer.alloc(0)] = files;
    const [first, second, third] = scenes.map(({ name }) => name);
    assert.deepEqual(sequenceOf(readScenes(file, scenes)), [first, second, third, second, scenes[3]?.name]);
  });
});

const SHOWS: Record<string, (reading: TileReading) => boolean> = {
  red: ({ colour, clock }) => colour === 'red' && clock !== undefined,
  page: ({ colour, clock }) => colour === 'grey' && clock !== undefined,
  star: ({ colour, clock }) => colour === 'blue' && clock !== undefined,
};

/** Everybody's place by the attribute: a rank, or to be the star. */
function scene(name: string, attributes: Record<string, string>): Scene {
  const participants: LaidOutParticipant[] = Object.entries(attributes).map(([participantId, value]) => ({
    participantId,
    attributes: { [participantId === 'star' ? 'star' : 'rank']: value },
    hasVideo: true,
    aspectRatio: 320 / 192,
  }));
  const grid: Layout = { grid: layout };
  const tiles = arrange(grid, participants, PICTURE);
  return {
    name,
    tiles: tiles.map(({ participantId, ...place }) => ({ place, shows: SHOWS[participantId] ?? (() => false) })),
  };
}
