import { PublishFailure } from '../../rtmp/index.ts';
import { ConnectFailure } from './open-socket.ts';

/**
 * Why an attempt to publish came to nothing.
 *
 * - `BUSY`: somebody publishes there already, perhaps ourselves a moment ago
 * - `REFUSED`: another attempt would fare no better
 * - `LOST`: another one may, for all that is known
 */
export interface PublishFault {
  readonly kind: 'BUSY' | 'REFUSED' | 'LOST';
  readonly message: string;
}

/** What servers say of themselves rather than of the key; the code may be any. */
const SAYS_LATER =
  /\btry again\b|\blater\b|\btempor|\boverload|\btoo many\b|\bcapacity\b|\bunavailable\b|\btime(?:d )?out\b|\bat the moment\b|\bgoing away\b|\bshutting down\b|\bmaintenance\b|\bserver (?:is )?(?:too )?busy\b|\binternal\b/i;
/** What servers say of a stream that there is; the code may be any. */
const SAYS_BUSY = /already.{0,40}(?:exist|publish|live|stream|use|connect|running)|\bin use\b|\bbusy\b|\bduplicate\b/i;
/** Some say `BadName` of a wrong key as well. */
const SAYS_UNKNOWN =
  /\bno such\b|\bthere is no\b|\bneed auth\b|\bnot (?:found|exist|known|allowed|permitted|authori[sz]ed|valid)\b|\bunknown\b(?! (?:error|reason))|\binvalid\b|\bdenied\b|\bunauthori[sz]ed\b|\bforbidden\b|\bexpired\b|\bwrong\b|\bbad (?:key|token)\b/i;
const BAD_NAME = 'NetStream.Publish.BadName';
/** Those that others use are for anything: `Rejected`, `Failed`, and none at all. */
const FINAL_CODE = /\.(?:Denied|Unauthorized|Forbidden|InvalidApp|InvalidName)$/;
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
  const kind = kindOfRefusal(code ?? '', end.description);
  return { kind, message: code ? `${message} (${readable(code, streamKey)})` : message };
}

/** It is for good only where the server says what is wrong with what was asked for. */
function kindOfRefusal(code: string, description: string): PublishFault['kind'] {
  if (SAYS_LATER.test(description)) return 'LOST';
  const isUnknown = SAYS_UNKNOWN.test(description);
  if (SAYS_BUSY.test(description) || (code === BAD_NAME && !isUnknown)) return 'BUSY';
  return isUnknown || FINAL_CODE.test(code) ? 'REFUSED' : 'LOST';
}

/** What a server said, for a log: of one line, not too long, without the key however it is written. */
function readable(text: string, streamKey: string): string {
  return text
    .replaceAll(streamKey, '***')
    .replaceAll(encodeURIComponent(streamKey), '***')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, LONGEST_MESSAGE);
}
