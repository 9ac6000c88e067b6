import { execFileSync } from 'node:child_process';

const MAXIMUM_OUTPUT = 64 * 1024 * 1024;

/** Sound as FFmpeg's expression of `t` gives it for each channel, encoded as the Opus packets that RTP would carry. */
export function opusPackets(
  expression: string,
  { seconds = 1, channels = 2, application = 'audio', frameMs = 20 } = {},
): Buffer[] {
  const source = `aevalsrc='${Array(channels).fill(expression).join('|')}':s=48000:d=${seconds}`;
  const encoder = ['-c:a', 'libopus', '-application', application, '-frame_duration', String(frameMs), '-b:a', '64k'];
  const input = ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', source];
  const ogg = execFileSync('ffmpeg', [...input, ...encoder, '-f', 'ogg', '-'], { maxBuffer: MAXIMUM_OUTPUT });
  const [, , ...packets] = oggPackets(ogg);
  return packets;
}

/** RFC 3533 §6: pages of segments; one shorter than 255 bytes ends a packet. */
function oggPackets(ogg: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  const packet: Buffer[] = [];
  for (let page = 0; page < ogg.length; ) {
    const segments = ogg.readUInt8(page + 26);
    let at = page + 27 + segments;
    for (const length of ogg.subarray(page + 27, page + 27 + segments)) {
      packet.push(ogg.subarray(at, at + length));
      at += length;
      if (length < 255) packets.push(Buffer.concat(packet.splice(0)));
    }
    page = at;
  }
  return packets;
}
