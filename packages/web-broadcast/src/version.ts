/** Version of this client, sent to the server as the participant's SDK version. */
export const __version = '0.1.0';
