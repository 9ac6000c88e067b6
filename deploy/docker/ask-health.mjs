/*
 * Asks the server of the same container whether it lives: the exit code is 0 if so. Whether it speaks TLS stands in its
 * configuration, so one is tried after the other; whose the certificate is does not matter on this way.
 */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';

const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(process.env.PROSCENIUM_LISTEN ?? '') ?? [];
if (port === '') {
  console.error('PROSCENIUM_LISTEN does not say where the server listens');
  process.exit(1);
}
const nearby = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' }[host] ?? host;

async function ask(protocol) {
  const options = { timeout: 2_000, rejectUnauthorized: false, agent: false };
  const request = protocol.get(`${protocol === https ? 'https' : 'http'}://${nearby}:${port}/healthz`, options);
  request.once('timeout', () => request.destroy(new Error('There is no answer')));
  const [response] = await once(request, 'response');
  response.resume();
  if (response.statusCode !== 200) throw new Error(`The answer is ${response.statusCode}`);
}

try {
  await ask(http).catch(() => ask(https));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
