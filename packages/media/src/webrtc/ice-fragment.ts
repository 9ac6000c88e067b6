import { MediaRefusal } from '../refusal.ts';
import { type IceCredentials, readIceCredentials } from './ice-credentials.ts';
import { candidateLine, type LocalTransport } from './media-lines.ts';
import { Attributes } from './session-description.ts';

/** Longest `application/trickle-ice-sdpfrag` body that is read, in characters. */
export const MAXIMUM_FRAGMENT_LENGTH = 16_384;
const MAXIMUM_FRAGMENT_LINES = 500;
const MAXIMUM_FRAGMENT_SECTIONS = 64;

/** What a client tells of its side of ICE after its offer (RFC 8840 §9). */
export interface IceFragment {
  /** Whose ICE session it is about. */
  readonly credentials: IceCredentials | undefined;
}

/**
 * Reads a fragment. Candidates are passed over whatever they say: an ICE-lite agent answers checks and makes none
 * (RFC 8445 §2.5), so that it needs no candidates of its peer.
 *
 * @throws {MediaRefusal} `BROKEN_OFFER` for text that is no fragment or is beyond the limits
 */
export function readIceFragment(text: string): IceFragment {
  if (text.length > MAXIMUM_FRAGMENT_LENGTH) throw broken(`longer than ${MAXIMUM_FRAGMENT_LENGTH} characters`);
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line !== '');
  if (lines.length === 0) throw broken('it is empty');
  if (lines.length > MAXIMUM_FRAGMENT_LINES) throw broken(`more than ${MAXIMUM_FRAGMENT_LINES} lines`);

  const session = new Attributes();
  const sections: Attributes[] = [];
  for (const line of lines) {
    if (/^m=\S+( \S+)+ *$/.test(line)) {
      if (sections.length === MAXIMUM_FRAGMENT_SECTIONS)
        throw broken(`more than ${MAXIMUM_FRAGMENT_SECTIONS} sections`);
      sections.push(new Attributes());
    } else if (/^a=[\w!#$%&'*+.^`{|}~-]+(:.*)?$/.test(line)) {
      (sections.at(-1) ?? session).add(line.slice(2).trimEnd());
    } else {
      throw broken('a line is neither an attribute nor a media line');
    }
  }
  return { credentials: readIceCredentials([...sections, session]) };
}

/** A section of the bundle, as it stood in the offer. */
export interface BundleSection {
  readonly media: string;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly mid: string;
}

/**
 * Writes our side after a restart: the new credentials, and all candidates there are. Everything stands in the first section
 * of the bundle (RFC 9725 §4.3.3).
 */
export function writeIceFragment(
  { iceParameters, iceCandidates }: Pick<LocalTransport, 'iceParameters' | 'iceCandidates'>,
  bundle: readonly BundleSection[],
): string {
  const [first] = bundle;
  const lines = [
    'a=ice-lite',
    'a=ice-options:trickle',
    `a=group:BUNDLE ${bundle.map(({ mid }) => mid).join(' ')}`,
    ...(first ? [`m=${first.media} 9 ${first.protocol} ${first.formats[0] ?? '0'}`, `a=mid:${first.mid}`] : []),
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    ...iceCandidates.map((candidate) => `a=${candidateLine(candidate)}`),
    'a=end-of-candidates',
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function broken(what: string): MediaRefusal {
  return new MediaRefusal('BROKEN_OFFER', `The ICE fragment cannot be used: ${what}`);
}
