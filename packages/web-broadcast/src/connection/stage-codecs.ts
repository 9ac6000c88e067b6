/** The codecs that stages carry. */
const STAGE_CODECS = ['video/H264', 'video/VP8', 'audio/opus'];

/** What of it this browser decodes. */
export function decodableCodecs(): string[] {
  return known((kind) => RTCRtpReceiver.getCapabilities(kind));
}

/** Whether this browser encodes enough of it to publish. */
export function canEncode(): boolean {
  const encodable = known((kind) => RTCRtpSender.getCapabilities(kind));
  return ['audio/', 'video/'].every((kind) => encodable.some((codec) => codec.startsWith(kind)));
}

function known(capabilities: (kind: 'audio' | 'video') => RTCRtpCapabilities | null): string[] {
  const codecs = (['audio', 'video'] as const).flatMap((kind) => capabilities(kind)?.codecs ?? []);
  const names = new Set(codecs.map(({ mimeType }) => mimeType.toLowerCase()));
  return STAGE_CODECS.filter((codec) => names.has(codec.toLowerCase()));
}
