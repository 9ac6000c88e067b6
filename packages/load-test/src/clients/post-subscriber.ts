import {
  createIceCredentials,
  MediaConnection,
  readDescription,
  writeSubscribeOffer,
} from '@proscenium/participant/connection';
import { Receiver, type ReceiverOptions } from './receiver.ts';
import type { Signalling } from './signalling.ts';

/** One who subscribes by an offer of his own: a connection for each publisher. */
export interface PostSubscriber {
  readonly receiver: Receiver;
  /** Ends the subscription, and tells the server. */
  stop(): Promise<void>;
}

/** @throws {Refused} or an error of the connection; nothing is left open then, on either side */
export async function subscribeByPost(
  signalling: Signalling,
  kinds: readonly ('audio' | 'video')[],
  options: ReceiverOptions,
): Promise<PostSubscriber> {
  const credentials = createIceCredentials();
  const { fingerprint } = options.identity;
  const { answer, end } = await signalling(writeSubscribeOffer({ credentials, fingerprint }, kinds));
  try {
    const { transport, sections } = readDescription(answer);
    const connection = await MediaConnection.open(options.identity, { credentials, role: 'controlling' }, transport);
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
