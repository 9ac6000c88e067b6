/** What carries the media of a client: for the load generator and the doctor. May change with every version. */
export { writeNack, writePictureLoss, writeReceiverReport, writeTransportFeedback } from '../rtcp/write-packets.ts';
export { type RemoteSection, readDescription, TRANSPORT_SEQUENCE_URI } from '../sdp/read-description.ts';
export { PAYLOAD_TYPE, writeAnswer, writePublishOffer, writeSubscribeOffer } from '../sdp/write-description.ts';
export { NotAuthentic } from '../srtp/packet-protection.ts';
export { Arrivals } from '../stream/arrivals.ts';
export { nowMs } from '../stream/clock.ts';
export { readHeaderExtension } from '../stream/header-extension.ts';
export { ReceivedStream, type StreamCount } from '../stream/received-stream.ts';
export { SentStream } from '../stream/sent-stream.ts';
export {
  isAuthentic,
  newTransactionId,
  parseStunMessage,
  readErrorCode,
  STUN_ATTRIBUTE,
  STUN_TYPE,
  writeStunMessage,
} from '../stun/message.ts';
export { NoStunAnswer, StunConnection } from '../stun/stun-connection.ts';
export { readXorAddress } from '../stun/xor-address.ts';
export { parseTurnUrl, type TurnAddress } from '../turn/turn-address.ts';
export { TurnAllocation, TurnRefused } from '../turn/turn-allocation.ts';
export { answererRole } from './ice-agent.ts';
export { createIceCredentials, createIdentity, type IceCredentials, type Identity } from './identity.ts';
export { MediaConnection } from './media-connection.ts';
