/** The kinds of messages (Adobe's RTMP specification 1.0 §5.4 and §7.1). */
export const MESSAGE_TYPE = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAcknowledgementSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  amf3Data: 15,
  amf3Command: 17,
  amf0Data: 18,
  amf0Command: 20,
  aggregate: 22,
} as const;

/** What carries which messages. Only that of protocol control is prescribed (§5.4); the others are those of common encoders. */
export const CHUNK_STREAM = { control: 2, command: 3, audio: 4, video: 6 } as const;

export interface RtmpMessage {
  readonly type: number;
  /** In milliseconds; 32 bits, which wrap. */
  readonly timestamp: number;
  /** 0 for what concerns the whole connection. */
  readonly streamId: number;
  readonly data: Buffer;
}
