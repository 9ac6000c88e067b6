import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  CreateEncoderConfigurationCommand,
  CreateParticipantTokenCommand,
  CreateStageCommand,
  CreateStorageConfigurationCommand,
  DeleteStageCommand,
  ListStagesCommand,
} from '@aws-sdk/client-ivs-realtime';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { ConsolePages } from '../support/console-pages.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { publishByFfmpeg } from '../support/whip-publisher.ts';

const consoleFolder = path.join(import.meta.dirname, '../../packages/console');

/** Size, frame rate and bitrate of a tile. */
const flows = /\d+×\d+ · [\d.]+ fps · [\d.]+ [kM]bit\/s/;

describe('the console', { skip: chromiumMissing() }, () => {
  let server: ServerProcess;
  let chromium: Chromium;
  let pages: ConsolePages;

  before(async () => {
    execFileSync(process.execPath, ['build.ts'], { cwd: consoleFolder });
    server = await startServer({ env: { PROSCENIUM_INGEST_RTMP_PORT: '0' } });
    chromium = await launchChromium();
    pages = new ConsolePages(server, chromium);
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    assert.deepEqual(pages.complaints, []);
    assert.deepEqual([...pages.hosts], [new URL(server.endpoint).host]);
  });

  const open = (address: string) => pages.open(address);
  const signIn = () => pages.signIn();

  it('opens once by the link of the start, and tells so the second time', async () => {
    const link = server.announcement.consoleLink ?? '';
    const page = await open(link);
    await page.getByRole('heading', { name: 'Stages', level: 1 }).waitFor();
    assert.equal(new URL(page.url()).hash, '');
    const late = await open(link);
    await late.getByRole('alert').getByText('The link was used before').waitFor();
  });

  it('refuses a wrong key in words', async () => {
    const page = await open(`${server.endpoint}/console`);
    await page.getByLabel('Access key id').fill('PRSCNOBODY');
    await page.getByLabel('Secret access key').fill('nothing');
    await page.getByLabel('Secret access key').press('Enter');
    await page.getByRole('alert').waitFor();
    assert.equal(await page.getByRole('heading', { name: 'Sign in to Proscenium' }).isVisible(), true);
  });

  it('walks from a new stage to a session of the past', async () => {
    const page = await signIn();
    await page.getByRole('button', { name: 'Make the first stage' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('walk');
    await dialog.getByText('AWS CLI command').click();
    await dialog.getByText(/aws ivs-realtime create-stage \\\s+--name walk/).waitFor();
    await dialog.getByRole('button', { name: 'Make the stage' }).click();
    await page.getByRole('heading', { name: 'walk', level: 1 }).waitFor();
    const { stages = [] } = await server.client.send(new ListStagesCommand({}));
    assert.deepEqual(
      stages.map(({ name }) => name),
      ['walk'],
    );

    await page.getByRole('button', { name: 'New token' }).click();
    await dialog.getByLabel('User id').fill('alice');
    await dialog.getByRole('button', { name: 'Make the token' }).click();
    await dialog.getByRole('img', { name: 'QR code: Link for alice' }).waitFor();
    const link = await dialog.getByLabel('Link to join in a browser').inputValue();
    await dialog.getByRole('button', { name: 'Done' }).click();

    const alice = await open(link);
    await alice.getByLabel('A generated picture').check();
    await alice.getByRole('button', { name: 'Join' }).first().click();

    await page.getByRole('button', { name: 'Watch' }).click();
    const tile = page.getByRole('list', { name: 'Live tiles' }).getByRole('listitem');
    await tile.getByText('alice').waitFor();
    await tile.getByText(flows).waitFor();
    await tile.getByText(/^(Excellent|Good|Normal|Poor)$/).waitFor();
    await tile.getByRole('button', { name: 'Silence here: alice' }).click();
    await tile.getByRole('button', { name: 'Silence here: alice', pressed: true }).waitFor();
    const timeline = page.getByRole('list', { name: 'What happened' });
    await timeline.getByText('alice began to publish').first().waitFor();
    const walk = page.getByRole('slider', { name: 'Event of the session' });
    await walk.press('ArrowRight');
    await walk.press('Home');
    assert.match((await walk.getAttribute('aria-valuetext')) ?? '', /: alice came$/);
    await page.getByText('As a table').click();
    await page
      .getByRole('table', { name: 'The session over time' })
      .getByRole('row')
      .filter({ hasText: 'alice' })
      .waitFor();
    const bitrate = page.getByRole('figure', { name: 'Published, all layers' });
    await bitrate
      .getByText(/[kM]bit\/s/)
      .last()
      .waitFor();
    await bitrate.getByRole('img', { name: /^alice: \d.* now/ }).waitFor();

    await page.getByRole('button', { name: 'Remove alice' }).click();
    await dialog.getByLabel('Reason').fill('the walk goes on');
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await alice.getByRole('alert').getByText('You were disconnected').waitFor();
    await page.getByText('Waiting for somebody to come').waitFor();

    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('button', { name: 'Send a test picture' }).click();
    await tile.getByText('Console (you)').waitFor();
    await tile.getByText(flows).waitFor();
    await page.getByRole('button', { name: 'Mute', exact: true }).click();
    await tile.getByText('audio muted').waitFor();
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('navigation', { name: 'Parts' }).getByRole('link', { name: 'Sessions' }).click();
    await page.getByRole('table', { name: 'Sessions' }).getByRole('link').click();
    await page.getByRole('table', { name: 'Participants' }).getByRole('button', { name: 'alice' }).click();
    await dialog.getByText('began to publish').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  it('makes configurations, and shows what to do with them', async () => {
    const page = await signIn();
    const dialog = page.getByRole('dialog');
    const go = (name: string) =>
      page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name, exact: true }).click();

    await go('Storage');
    await page.getByRole('button', { name: 'New storage' }).click();
    await dialog.getByLabel('Bucket').fill('walk-archive');
    await dialog.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('table', { name: 'Storage' }).getByText('walk-archive').waitFor();
    await go('Recordings');
    await page.getByText('The bucket walk-archive has no recording').waitFor();

    await go('Encoders');
    await page.getByRole('button', { name: 'New encoder' }).click();
    await dialog.getByLabel('Name').fill('upright');
    await dialog.getByLabel('Picture').selectOption('Upright, 720 × 1280');
    await dialog.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('table', { name: 'Encoders' }).getByText('720 × 1280').waitFor();

    await go('Compositions');
    await page.getByRole('link', { name: 'New composition' }).first().click();
    await page.getByLabel('Encoder of the channel').selectOption('upright');
    await page.getByText('720 × 1280.').waitFor();
    await page.getByRole('slider', { name: 'With 5 participants' }).fill('3');
    await page.getByRole('img', { name: 'Layout with 3 participants' }).waitFor();
    await page.locator('main').getByText('AWS CLI command').click();
    await page.getByText(/aws ivs-realtime start-composition/).waitFor();

    await go('Ingest');
    await page.getByRole('button', { name: 'New ingest' }).click();
    await dialog.getByLabel('Name').fill('camera');
    await dialog.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('heading', { name: 'camera', level: 1 }).waitFor();
    await page.getByText(/ffmpeg -re -stream_loop/).waitFor();
    assert.doesNotMatch((await page.locator('main').textContent()) ?? '', /rt_123456789012/);
    await page.getByRole('button', { name: 'Show the stream key' }).click();
    await page
      .getByText(/rtmp:.*\/app\/rt_123456789012/)
      .first()
      .waitFor();

    await go('Storage');
    await page.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There is none yet').waitFor();
  });

  it('starts a composition into a built-in channel, shows it live, and plays what was recorded meanwhile', async (t) => {
    const { storageConfiguration } = await server.client.send(
      new CreateStorageConfigurationCommand({ name: 'archive', s3: { bucketName: 'walk-recordings' } }),
    );
    const { stage } = await server.client.send(
      new CreateStageCommand({
        name: 'composed',
        autoParticipantRecordingConfiguration: {
          storageConfigurationArn: storageConfiguration?.arn ?? '',
          thumbnailConfiguration: { recordingMode: 'INTERVAL', targetIntervalSeconds: 1 },
        },
      }),
    );
    const { participantToken } = await server.client.send(new CreateParticipantTokenCommand({ stageArn: stage?.arn }));
    const publisher = await publishByFfmpeg({
      url: stage?.endpoints?.whip ?? '',
      token: participantToken?.token ?? '',
    });
    t.after(() => publisher.kill());
    const video = { width: 320, height: 180, framerate: 30, bitrate: 400_000 };
    await server.client.send(new CreateEncoderConfigurationCommand({ name: 'small', video }));

    const page = await signIn();
    await page.getByRole('link', { name: 'Compositions', exact: true }).click();
    await page.getByRole('link', { name: 'New composition' }).first().click();
    await page.getByLabel('Stage', { exact: true }).selectOption('composed');
    await page.getByLabel('Encoder of the channel').selectOption('small');
    await page.getByLabel('Channel', { exact: true }).fill('Walk');
    await page.getByRole('button', { name: 'Start it' }).click();
    const row = page.getByRole('table', { name: 'Destinations' }).getByRole('row').filter({ hasText: 'Channel Walk' });
    await row.getByText('Active').waitFor();
    await page.getByText('Live, some seconds late').waitFor();

    const opened = page.waitForEvent('popup');
    await row.getByRole('link', { name: 'Channel Walk' }).click();
    const channel = await opened;
    await channel.getByText('Live', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Stop…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click();
    await row.getByText('Stopped').waitFor();
    await server.client.send(new DeleteStageCommand({ arn: stage?.arn }));

    await page.getByRole('link', { name: 'Recordings', exact: true }).click();
    await page.getByRole('table', { name: 'Recordings' }).getByRole('link').first().click();
    const thumbnails = page.getByRole('list', { name: 'Thumbnails' }).getByRole('button', { name: /go to \d/ });
    await thumbnails.last().click();
    await page.locator('button[aria-current]').last().waitFor();
    const second = await page.evaluate('document.querySelector("video").currentTime');
    assert.ok(Number(second) > 0, `at ${second}`);
  });

  it('shows events as they happen, and how the server does', async () => {
    const page = await signIn();
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await page.getByText('Events from now on appear here').waitFor();
    await page.getByText('Live', { exact: true }).last().waitFor();
    const { stage, participantTokens } = await server.client.send(
      new CreateStageCommand({ name: 'eventful', participantTokenConfigurations: [{ userId: 'carol' }] }),
    );
    const carol = await open(`${server.endpoint}/try#token=${participantTokens?.[0]?.token}`);
    await carol.getByLabel('A generated picture').check();
    await carol.getByRole('button', { name: 'Join' }).first().click();
    const published = page.getByRole('list', { name: 'Events' }).getByText('Participant Published', { exact: true });
    await published.click();
    await page.getByText(`"${stage?.arn}"`).waitFor();

    await page.getByRole('link', { name: 'Health', exact: true }).click();
    await page.getByText('Ready', { exact: true }).waitFor();
    const people = page.getByRole('figure', { name: 'People' });
    await people.getByRole('listitem').filter({ hasText: 'Publishers' }).getByText('1', { exact: true }).waitFor();
    const moment = people.getByRole('slider', { name: 'Moment of People' });
    await moment.press('ArrowLeft');
    await people.getByRole('img', { name: /^Participants: 1 now/ }).waitFor();
  });

  it('forgets the key with the page', async () => {
    const page = await signIn();
    const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])');
    assert.equal(kept, '[{},{},""]');
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in to Proscenium' }).waitFor();
  });

  it('is reached from the landing page', async () => {
    const page = await open(server.endpoint);
    await page.getByRole('link', { name: 'Open the console' }).click();
    await page.getByRole('heading', { name: 'Sign in to Proscenium' }).waitFor();
  });
});
