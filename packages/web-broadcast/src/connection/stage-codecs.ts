/** The codecs that stages carry. */
const STAGE_CODECS = ['video/H264', 'video/VP8', 'audio/opus'];

/** What of it this browser decodes. */
export function decodableCodecs(): string[] {
  const decodable = new Set(
    ['audio', 'video'].flatMap((kind) =>
      (RTCRtpReceiver.getCapabilities(kind)?.codecs ?? []).map(({ mimeType }) => mimeType.toLowerCase()),
    ),
  );
  return STAGE_CODECS.filter((codec) => decodable.has(codec.toLowerCase()));
}
