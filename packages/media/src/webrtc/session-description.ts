import { MediaRefusal } from '../refusal.ts';

/** Longest session description that is read, in characters. */
export const MAXIMUM_DESCRIPTION_LENGTH = 65_536;
const MAXIMUM_LINES = 4_000;
const MAXIMUM_SECTIONS = 64;

/** The attributes (`a=` lines) of the session or of one section, by name, in the order of the text. */
export class Attributes {
  readonly #values = new Map<string, string[]>();

  add(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1);
    const values = this.#values.get(name);
    if (values) values.push(value);
    else this.#values.set(name, [value]);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  first(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }
}

/** One `m=` section as it stands in the text. */
export interface DescriptionSection {
  readonly media: string;
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly attributes: Attributes;
}

export interface SessionDescription {
  readonly attributes: Attributes;
  readonly sections: readonly DescriptionSection[];
}

/**
 * Reads a session description (RFC 8866) into its lines of interest. Lines of other types than `m=` and `a=` carry nothing
 * that WebRTC uses and are passed over.
 *
 * @throws {MediaRefusal} `BROKEN_OFFER` for text that is no session description or is beyond the limits
 */
export function parseSessionDescription(text: string): SessionDescription {
  if (text.length > MAXIMUM_DESCRIPTION_LENGTH) throw broken(`longer than ${MAXIMUM_DESCRIPTION_LENGTH} characters`);
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.length > MAXIMUM_LINES) throw broken(`more than ${MAXIMUM_LINES} lines`);
  if (lines[0]?.trim() !== 'v=0') throw broken('does not begin with v=0');

  const session = new Attributes();
  const sections: DescriptionSection[] = [];
  let attributes = session;
  for (const line of lines) {
    if (line === '') continue;
    if (!/^[a-z]=/.test(line)) throw broken('a line is not of the form <type>=<value>');
    const value = line.slice(2).trimEnd();
    if (line.startsWith('m=')) {
      if (sections.length === MAXIMUM_SECTIONS) throw broken(`more than ${MAXIMUM_SECTIONS} sections`);
      const section = parseMediaLine(value);
      sections.push(section);
      attributes = section.attributes;
    } else if (line.startsWith('a=')) {
      attributes.add(value);
    }
  }
  return { attributes: session, sections };
}

function parseMediaLine(value: string): DescriptionSection {
  const [media, port, protocol, ...formats] = value.split(' ').filter((part) => part !== '');
  if (!media || !port || !protocol || !/^\d{1,5}(\/\d+)?$/.test(port)) throw broken('a media line cannot be read');
  return { media, port: Number.parseInt(port, 10), protocol, formats, attributes: new Attributes() };
}

export function broken(what: string): MediaRefusal {
  return new MediaRefusal('BROKEN_OFFER', `The session description cannot be used: ${what}`);
}

export function unsupported(what: string): MediaRefusal {
  return new MediaRefusal('UNSUPPORTED_OFFER', `The session description asks for what is not taken: ${what}`);
}
