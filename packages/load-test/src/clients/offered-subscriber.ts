import {
  answererRole,
  createIceCredentials,
  MediaConnection,
  readDescription,
  writeAnswer,
} from '@proscenium/participant/connection';
import { httpCall } from './http-call.ts';
import type { PostSubscriber } from './post-subscriber.ts';
import { Receiver, type ReceiverOptions } from './receiver.ts';
import { Refused } from './signalling.ts';

/**
 * Subscribes where the server offers: an empty POST is answered with 201, an offer and its `Location`, which takes the answer
 * by PATCH and ends by DELETE.
 *
 * @throws {Refused} or an error of the connection; nothing is left open then, on either side
 */
export async function subscribeToOffer(url: string, options: ReceiverOptions): Promise<PostSubscriber> {
  const offered = await httpCall('POST', url);
  if (offered.status !== 201) throw new Refused('The wish for an offer', offered.status, offered.body);
  const { location } = offered.headers;
  if (location === undefined) throw new Error('The server did not say where its offer can be answered (Location)');
  const resource = new URL(location, url);
  const end = async () => {
    const ended = await httpCall('DELETE', resource);
    if (ended.status !== 200) throw new Refused('DELETE', ended.status, ended.body);
  };
  try {
    const description = readDescription(offered.body);
    const { transport, sections } = description;
    const local = { credentials: createIceCredentials(), role: answererRole(transport) };
    const { fingerprint } = options.identity;
    const answer = writeAnswer({ credentials: local.credentials, fingerprint }, description);
    const taken = await httpCall('PATCH', resource, { 'content-type': 'application/sdp' }, answer);
    if (taken.status !== 204) throw new Refused('The answer', taken.status, taken.body);
    const connection = await MediaConnection.open(options.identity, local, transport);
    const receiver = new Receiver(connection, sections, options);
    return {
      receiver,
      async stop() {
        receiver.close();
        await end();
      },
    };
  } catch (error) {
    // Why there is no connection tells more than that the end was refused as well.
    await Promise.allSettled([end()]);
    throw error;
  }
}
