/** A message that travels inside a video, with a picture: SEI of the type user_data_unregistered (ITU-T H.264 §D.2.7). */
export interface InBandMessage {
  /** Tells whose messages these are. In the usual form, lower case. */
  readonly uuid: string;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** The UUID of the messages that this client sends. */
export const MESSAGE_UUID = '86b4f065-4d8f-476a-8f58-985284c53c19';
