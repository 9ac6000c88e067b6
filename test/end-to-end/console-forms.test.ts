import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  CreateEncoderConfigurationCommand,
  CreateIngestConfigurationCommand,
  CreateStageCommand,
  CreateStorageConfigurationCommand,
  GetStageCommand,
  ImportPublicKeyCommand,
  ListIngestConfigurationsCommand,
  ListPublicKeysCommand,
  ListStagesCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-ivs-realtime';
import axe from 'axe-core';
import type { Locator, Page } from 'playwright-core';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { ConsolePages } from '../support/console-pages.ts';
import { type ServerProcess, startServer, withEncoders } from '../support/server.ts';

const consoleFolder = path.join(import.meta.dirname, '../../packages/console');

const looks = [
  ['light', 1280],
  ['dark', 1280],
  ['dark', 390],
  ['light', 390],
] as const;
/** Dialogs have the same parts again. */
const looksOfDialogs = [looks[0], looks[2]];

/** What axe-core finds that shuts somebody out, in words. */
async function barriersIn(page: Page, where: string, each: readonly (typeof looks)[number][] = looks) {
  const found: string[] = [];
  for (const [colorScheme, width] of each) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    // Colours and sizes are all that is different in the others.
    const rules = colorScheme === 'light' && width === 1280 ? '' : ', runOnly: ["color-contrast", "target-size"]';
    const run = `axe.run(document, { resultTypes: ["violations"]${rules} })`;
    const { violations } = await page.evaluate<axe.AxeResults>(run);
    const place = `${where}, ${colorScheme}, ${width}`;
    for (const { id, impact, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      found.push(`${place}: ${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`);
    }
    const isTooWide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
    if (isTooWide) found.push(`${place}: is wider than the screen`);
  }
  return found;
}

describe('the console’s forms', { skip: chromiumMissing() }, () => {
  let server: ServerProcess;
  let chromium: Chromium;
  let pages: ConsolePages;

  before(async () => {
    execFileSync(process.execPath, ['build.ts'], { cwd: consoleFolder });
    server = await startServer({ env: withEncoders });
    chromium = await launchChromium();
    pages = new ConsolePages(server, chromium);
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    assert.deepEqual(pages.complaints, []);
  });

  it('lead from a new stage to a copied token by keys alone', async () => {
    const page = await pages.signIn();
    await page.context().grantPermissions(['clipboard-write']);
    const { keyboard } = page;
    const reach = async (wanted: Locator) => {
      await wanted.waitFor();
      for (let stops = 0; stops < 60; stops += 1) {
        if ((await wanted.and(page.locator(':focus')).count()) === 1) return;
        await keyboard.press('Tab');
      }
      assert.fail('the Tab key does not lead there');
    };
    const dialog = page.getByRole('dialog');
    await reach(page.getByRole('button', { name: 'Make the first stage' }));
    await keyboard.press('Enter');
    await dialog.waitFor();
    await keyboard.type('no name');
    await keyboard.press('Enter');
    await dialog.getByText('A name has letters').waitFor();
    await reach(dialog.getByLabel('Name'));
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type('by-keys');
    await keyboard.press('Enter');
    const heading = page.getByRole('heading', { name: 'by-keys', level: 1 });
    await heading.waitFor();
    const { stages = [] } = await server.client.send(new ListStagesCommand({}));
    assert.equal(stages.length, 1);

    const newToken = page.getByRole('button', { name: 'New token' });
    await reach(newToken);
    await keyboard.press('Enter');
    await dialog.waitFor();
    await keyboard.type('alice');
    await keyboard.press('Enter');
    await reach(dialog.getByRole('button', { name: 'Copy the token' }));
    await keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Copied' }).waitFor();
    await keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await newToken.and(page.locator(':focus')).waitFor();
    await keyboard.press('Enter');
    await dialog.getByLabel('User id').and(page.locator(':focus')).waitFor();
    // As much of the token as a user id may have: no script of the page may read what was copied.
    await keyboard.press('ControlOrMeta+v');
    assert.match(await dialog.getByLabel('User id').inputValue(), /^ey[\w.-]{126}$/);
  });

  it('shut nobody out, in light and dark, on a desk and on a phone', async () => {
    const { client } = server;
    await client.send(new CreateStorageConfigurationCommand({ name: 'archive', s3: { bucketName: 'archive' } }));
    await client.send(new CreateEncoderConfigurationCommand({ name: 'usual' }));
    const { stage } = await client.send(new CreateStageCommand({ name: 'long-'.repeat(24), tags: { team: 'red' } }));
    const ingest = { name: 'camera', stageArn: stage?.arn, ingestProtocol: 'RTMPS' } as const;
    const { ingestConfiguration } = await client.send(new CreateIngestConfigurationCommand(ingest));
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const publicKeyMaterial = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    await client.send(new ImportPublicKeyCommand({ name: 'signer', publicKeyMaterial }));
    const stageId = stage?.arn?.split('/')[1];
    const ingestId = ingestConfiguration?.arn?.split('/')[1];

    const page = await pages.open(`${server.endpoint}/console`);
    await page.evaluate(axe.source);
    const barriers = await barriersIn(page, 'sign-in');
    const signedIn = await pages.signIn();
    await signedIn.evaluate(axe.source);
    const dialog = signedIn.getByRole('dialog');
    const table = (name: string) => signedIn.getByRole('table', { name });
    const text = (words: string) => signedIn.getByText(words).first();
    const views: [hash: string, shown: Locator, buttons: string[]][] = [
      ['stages', table('Stages'), ['New stage']],
      [`stages/${stageId}`, text('Nobody is on this stage'), ['New token']],
      [`stages/${stageId}/sessions`, text('Nobody has been on this stage'), []],
      [`stages/${stageId}/compositions`, text('Nothing was composed'), []],
      [`stages/${stageId}/ingest`, table('Ingest'), ['New ingest']],
      [`stages/${stageId}/settings`, signedIn.getByRole('textbox', { name: 'Tags' }), ['Delete…']],
      ['compositions', text('Nothing is composed'), []],
      ['compositions/new', signedIn.getByLabel('Stage', { exact: true }), []],
      ['channels', text('No composition goes to a channel'), []],
      ['ingest', table('Ingest'), ['New ingest', 'Delete camera']],
      [`ingest/${ingestId}`, signedIn.getByRole('textbox', { name: 'Tags' }), ['Delete…']],
      ['recordings', text('has no recording'), []],
      ['storage', table('Storage'), ['New storage', 'archive']],
      ['encoders', table('Encoders'), ['New encoder', 'usual']],
      ['keys', table('Public keys'), ['Import a key', 'signer']],
      ['users', table('Users'), ['New user']],
      ['users/admin', signedIn.getByLabel('Another policy'), []],
      ['policies', table('Policies'), ['New policy']],
      ['policies/IVSFullAccess', text('proscenium:FollowEvents'), []],
      ['events', text('Events from now on'), []],
      ['health', signedIn.getByText('Ready', { exact: true }), []],
      ['nowhere', text('no page at this address'), []],
    ];
    for (const [hash, shown, buttons] of views) {
      await signedIn.evaluate(`location.hash = ${JSON.stringify(`#/${hash}`)}`);
      await shown.waitFor();
      barriers.push(...(await barriersIn(signedIn, hash)));
      for (const name of buttons) {
        await signedIn.getByRole('button', { name, exact: true }).click();
        await dialog.waitFor();
        barriers.push(...(await barriersIn(signedIn, `${hash}, ${name}`, looksOfDialogs)));
        await signedIn.keyboard.press('Escape');
        await dialog.waitFor({ state: 'hidden' });
      }
    }
    assert.deepEqual(barriers, []);
  });

  it('make a user with a key that opens the console, and take it away again', async () => {
    const page = await pages.signIn();
    const dialog = page.getByRole('dialog');
    await page.getByRole('link', { name: 'Policies', exact: true }).click();
    await page.getByRole('button', { name: 'New policy' }).click();
    await dialog.getByLabel('Name').fill('look');
    await dialog.getByLabel('Document').fill('{}');
    await dialog.getByRole('button', { name: 'Make the policy' }).click();
    await dialog.getByRole('alert').getByText('Statement: must be there').waitFor();
    const statement = { Effect: 'Allow', Action: ['ivs:List*', 'proscenium:GetServer'], Resource: '*' };
    await dialog.getByLabel('Document').fill(JSON.stringify({ Statement: statement }));
    await dialog.getByRole('button', { name: 'Make the policy' }).click();
    await page.getByRole('heading', { name: 'look', level: 1 }).waitFor();

    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await page.getByRole('button', { name: 'New user' }).click();
    await dialog.getByLabel('Name').fill('bob');
    await dialog.getByLabel('May do').selectOption('look');
    await dialog.getByText('Command on the server').click();
    await dialog.getByText('proscenium access user create bob --policy look').waitFor();
    await dialog.getByRole('button', { name: 'Make the user' }).click();
    await page.getByRole('heading', { name: 'bob', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'New key' }).click();
    await dialog.getByRole('button', { name: 'Make the key' }).click();
    await dialog.getByText('The secret is not shown again').waitFor();
    const [accessKeyId = '', secret = ''] = await dialog.locator('dd code').allTextContents();
    await dialog.getByRole('button', { name: 'Done' }).click();
    assert.doesNotMatch((await page.content()) ?? '', new RegExp(secret.replaceAll(/[+/]/g, '.')));

    const bob = await pages.open(`${server.endpoint}/console#/users`);
    await bob.getByLabel('Access key id').fill(accessKeyId);
    await bob.getByLabel('Secret access key').fill(secret);
    await bob.getByRole('button', { name: 'Sign in' }).click();
    await bob.getByRole('alert').getByText('not authorized to perform: proscenium:ListUsers').waitFor();

    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('No: no policy allows it.').waitFor();
    await page.getByRole('button', { name: `Disable ${accessKeyId}` }).click();
    await dialog.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('table', { name: 'Access keys' }).getByText('Disabled').waitFor();
    await bob.getByRole('link', { name: 'Stages', exact: true }).click();
    await bob.getByRole('alert').getByText('security token').waitFor();
    await page.getByRole('button', { name: 'Delete…' }).click();
    await dialog.getByRole('button', { name: 'Delete the user' }).click();
    await page.getByRole('table', { name: 'Users' }).waitFor();
    assert.equal(await page.getByText('bob').count(), 0);
  });

  it('set tags, recording and stream keys as the API then has them', async () => {
    const { client } = server;
    const { stage } = await client.send(new CreateStageCommand({ name: 'set', tags: { team: 'red', gone: 'yes' } }));
    const page = await pages.signIn();
    const dialog = page.getByRole('dialog');
    await page.getByRole('link', { name: 'set', exact: true }).click();
    await page.getByRole('navigation', { name: 'Parts' }).getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('textbox', { name: 'Tags' }).fill('team=blue\nshow=1');
    await page.getByRole('button', { name: 'Save the tags' }).click();
    await page.getByLabel('Record each participant to').selectOption('archive (archive)');
    await page.getByLabel('Segments of … seconds').fill('4');
    await page.getByLabel('Thumbnail every … seconds').fill('10');
    await page.getByLabel('Thumbnails that are kept').selectOption('The latest');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Saved', exact: true }).waitFor();
    const { stage: saved } = await client.send(new GetStageCommand({ arn: stage?.arn }));
    const recording = saved?.autoParticipantRecordingConfiguration;
    assert.deepEqual(saved?.tags, { team: 'blue', show: '1' });
    assert.equal(recording?.hlsConfiguration?.targetSegmentDurationSeconds, 4);
    assert.deepEqual(recording?.thumbnailConfiguration, {
      recordingMode: 'INTERVAL',
      targetIntervalSeconds: 10,
      storage: ['LATEST'],
    });

    await page.getByRole('link', { name: 'Public keys', exact: true }).click();
    await page.getByRole('button', { name: 'signer', exact: true }).click();
    await dialog.getByText('-----BEGIN PUBLIC KEY-----').waitFor();
    await dialog.getByRole('textbox', { name: 'Tags' }).fill('of=tests');
    await dialog.getByRole('button', { name: 'Save the tags' }).click();
    const { publicKeys = [] } = await client.send(new ListPublicKeysCommand({}));
    const tagged = new ListTagsForResourceCommand({ resourceArn: publicKeys[0]?.arn });
    await page.keyboard.press('Escape');
    await page.getByLabel('Id of the token').fill('some-token');
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('some-token is revoked.').waitFor();
    assert.deepEqual((await client.send(tagged)).tags, { of: 'tests' });

    await page.getByRole('link', { name: 'Ingest', exact: true }).click();
    await page.getByRole('button', { name: 'Delete camera' }).click();
    await dialog.getByLabel('Even while its encoder publishes').check();
    await dialog.getByText('AWS CLI command').click();
    await dialog.getByText(/delete-ingest-configuration[\s\S]*--force/).waitFor();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('There is none yet').waitFor();
    const { ingestConfigurations } = await client.send(new ListIngestConfigurationsCommand({}));
    assert.deepEqual(ingestConfigurations, []);
  });
});
