import { randomBytes } from 'node:crypto';
import {
  type IceCredentials,
  isAuthentic,
  newTransactionId,
  parseStunMessage,
  readErrorCode,
  readXorAddress,
  STUN_ATTRIBUTE,
  STUN_TYPE,
  writeStunMessage,
} from '@proscenium/participant/connection';

/** The two sides of an ICE session. */
export interface IceSides {
  readonly local: IceCredentials;
  readonly remote: IceCredentials;
}

/** RFC 8445 §5.1.2.1 for a peer-reflexive candidate of component 1. */
const PRIORITY = 110 * 2 ** 24 + 65_535 * 2 ** 8 + 255;

/** A connectivity check (RFC 8445 §7.2.2), which nominates nothing. */
export function writeBinding({ local, remote }: IceSides): Buffer {
  const priority = Buffer.alloc(4);
  priority.writeUInt32BE(PRIORITY);
  const attributes = new Map([
    [STUN_ATTRIBUTE.username, Buffer.from(`${remote.usernameFragment}:${local.usernameFragment}`)],
    [STUN_ATTRIBUTE.iceControlling, randomBytes(8)],
    [STUN_ATTRIBUTE.priority, priority],
  ]);
  const message = { type: STUN_TYPE.bindingRequest, transactionId: newTransactionId(), attributes };
  return writeStunMessage(message, remote.password);
}

/**
 * From where the server saw the check come.
 *
 * @throws when the answer is not the server's own, or an error
 */
export function readBinding(data: Buffer, { remote }: IceSides): { address: string; port: number } {
  const { type, transactionId, attributes } = parseStunMessage(data);
  if (!isAuthentic(data, remote.password)) throw new Error('somebody else answers than the server');
  if (type !== STUN_TYPE.bindingResponse) {
    const { code, reason } = readErrorCode(attributes.get(STUN_ATTRIBUTE.errorCode));
    throw new Error(`the check was answered with ${code} ${reason}`);
  }
  const mapped = attributes.get(STUN_ATTRIBUTE.xorMappedAddress);
  if (!mapped) throw new Error('the answer does not say from where the check came');
  return readXorAddress(mapped, transactionId);
}
