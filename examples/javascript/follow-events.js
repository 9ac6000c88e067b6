import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

const RETRY_MS = 2_000;
/** The server gives a sign of life every 15 seconds. */
const SILENCE_MS = 40_000;

/**
 * What happens on the stages of the account from now on, in the form of Amazon EventBridge. Where the connection breaks, it
 * is made anew and goes on with what was missed.
 *
 * @param endpoint of the server
 * @param config of a client of the AWS SDK: its key signs
 * @param onTrouble told each time why there is no connection
 */
export async function* followEvents(endpoint, config, onTrouble) {
  let lastEventId;
  for (;;) {
    try {
      for await (const { id, event } of readStream(endpoint, config, lastEventId)) {
        lastEventId = id;
        yield event;
      }
    } catch (error) {
      onTrouble(error);
    }
    await sleep(RETRY_MS);
  }
}

async function* readStream(endpoint, config, lastEventId) {
  const connection = new AbortController();
  const silence = setTimeout(() => connection.abort(new Error('The event stream fell silent')), SILENCE_MS);
  try {
    const url = new URL('/proscenium/events/stream', endpoint);
    const headers = await sign(url, config);
    if (lastEventId !== undefined) headers['last-event-id'] = lastEventId;
    const response = await fetch(url, { headers, signal: connection.signal });
    if (!response.ok) throw new Error(`The event stream was answered ${response.status}: ${await response.text()}`);
    let id;
    for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
      silence.refresh();
      if (line.startsWith('id: ')) id = line.slice('id: '.length);
      if (line.startsWith('data: ')) yield { id, event: JSON.parse(line.slice('data: '.length)) };
    }
  } finally {
    clearTimeout(silence);
    connection.abort();
  }
}

async function sign({ protocol, hostname, port, host, pathname }, { credentials, region }) {
  const signer = new SignatureV4({ credentials, region, service: 'ivs', sha256: Sha256 });
  const request = { method: 'GET', protocol, hostname, port: Number(port), path: pathname, headers: { host } };
  const { headers } = await signer.sign(request);
  return headers;
}
