import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';

/** In base64url without a rest, so that there is one way to write each. */
const ID_BYTES = 15;
const MAC_BYTES = 18;
const NAME = /^([\w-]{20})([\w-]{24})$/;

/**
 * The names by which the viewers of channels are told apart: an id, and a MAC of it and the channel, so that nobody makes up names
 * of others who watch. The key is that of this run of the server.
 */
export class ViewerNames {
  readonly #key = createSecretKey(randomBytes(32));

  /** Another one each time. */
  create(channelPath: string): string {
    const id = randomBytes(ID_BYTES).toString('base64url');
    return id + this.#mac(channelPath, id).toString('base64url');
  }

  /** The id in a name; undefined for one that was not given to a viewer of the channel. */
  idIn(name: string, channelPath: string): string | undefined {
    const [, id, mac] = NAME.exec(name) ?? [];
    if (id === undefined || mac === undefined) return undefined;
    return timingSafeEqual(Buffer.from(mac, 'base64url'), this.#mac(channelPath, id)) ? id : undefined;
  }

  #mac(channelPath: string, id: string): Buffer {
    return createHmac('sha256', this.#key).update(`${id} ${channelPath}`).digest().subarray(0, MAC_BYTES);
  }
}
