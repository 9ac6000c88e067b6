import { PublishFailure } from '../../rtmp/index.ts';
import { ConnectFailure } from './open-socket.ts';

/**
 * Why an attempt to publish came to nothing.
 *
 * - `BUSY`: somebody publishes there already, perhaps ourselves a moment ago
 * - `REFUSED`: another attempt would fare no better
 * - `LOST`: another one may
 */
export interface PublishFault {
  readonly kind: 'BUSY' | 'REFUSED' | 'LOST';
  readonly message: string;
}

/** What servers say of a stream that there is; the code may be any. */
const SAYS_BUSY = /already.{0,40}(?:exist|publish|live|stream|use|connect|running)|\bin use\b|\bbusy\b|\bduplicate\b/i;
/** Some say `BadName` of a wrong key as well. */
const SAYS_UNKNOWN =
  /\bno such\b|\bthere is no\b|\bnot (?:found|exist|known|allowed|permitted|authori[sz]ed|valid)\b|\bunknown\b|\binvalid\b|\bdenied\b|\bunauthori[sz]ed\b|\bforbidden\b|\bexpired\b|\bwrong\b|\bbad (?:key|token)\b/i;
const BAD_NAME = 'NetStream.Publish.BadName';
const LONGEST_MESSAGE = 300;

/** @param error what connecting or publishing threw. @throws the same where it is none of these */
export function publishFault(error: unknown, streamKey: string): PublishFault {
  if (error instanceof ConnectFailure) {
    const kind = error.reason === 'CERTIFICATE' ? 'REFUSED' : 'LOST';
    return { kind, message: readable(error.message, streamKey) };
  }
  if (!(error instanceof PublishFailure)) throw error;
  const { end, code } = error;
  const message = readable(end.description, streamKey);
  if (end.reason !== 'refused') return { kind: 'LOST', message };
  const busy = SAYS_BUSY.test(end.description) || (code === BAD_NAME && !SAYS_UNKNOWN.test(end.description));
  return { kind: busy ? 'BUSY' : 'REFUSED', message: code ? `${message} (${readable(code, streamKey)})` : message };
}

/** What a server said, for a log: of one line, not too long, without the key however it is written. */
function readable(text: string, streamKey: string): string {
  return text
    .replaceAll(streamKey, '***')
    .replaceAll(encodeURIComponent(streamKey), '***')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, LONGEST_MESSAGE);
}
