/** Writes docs/images/console-dark.png and console-light.png: a stage in the console with two people and a sender of its own. */
import { fileURLToPath } from 'node:url';
import { CreateParticipantTokenCommand, CreateStageCommand } from '@aws-sdk/client-ivs-realtime';
import { launchChromium } from '../test/support/chromium.ts';
import { ConsolePages } from '../test/support/console-pages.ts';
import { startServer } from '../test/support/server.ts';

const folder = new URL('../docs/images/', import.meta.url);
const size = { width: 1_180, height: 1_504 };
/** Of what is seen of the charts. */
const chartMs = 40_000;

const server = await startServer();
const chromium = await launchChromium();
try {
  const pages = new ConsolePages(server, chromium);
  const { stage } = await server.client.send(new CreateStageCommand({ name: 'friday-show' }));
  const stageArn = stage?.arn ?? '';

  const join = async (name: string) => {
    const command = new CreateParticipantTokenCommand({ stageArn, userId: name, attributes: { name } });
    const { participantToken } = await server.client.send(command);
    const page = await pages.open(`${server.endpoint}/try#token=${participantToken?.token}`);
    await page.getByLabel('A generated picture').check();
    await page.getByRole('button', { name: 'Join' }).first().click();
    return page;
  };

  const console = await pages.signIn();
  await console.setViewportSize(size);
  await console.getByRole('link', { name: 'friday-show' }).click();
  await console.getByRole('button', { name: 'Send a test picture' }).click();
  const alice = await join('alice');
  await console.waitForTimeout(chartMs / 4);
  await join('bob');
  await console.waitForTimeout(chartMs / 4);
  await alice.close();
  await console.waitForTimeout(chartMs / 8);
  await join('alice');
  await console.waitForTimeout(chartMs / 2);
  for (const colorScheme of ['dark', 'light'] as const) {
    await console.emulateMedia({ colorScheme });
    const path = fileURLToPath(new URL(`console-${colorScheme}.png`, folder));
    await console.screenshot({ path });
  }
} finally {
  await chromium.close();
  await server.stop();
}
