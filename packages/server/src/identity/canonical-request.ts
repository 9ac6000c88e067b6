/**
 * The canonical request of Signature Version 4:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * Everything here works on the bytes as they came over the wire. Node hands out URLs and header values as one
 * character per byte (latin1), and the texts made here keep that form.
 */

/** A request as it arrived, before anything was decoded. */
export type SignedRequest = {
  method: string;
  /** Path and query as in the request line. */
  rawUrl: string;
  /** Names and values in turn, as in `IncomingMessage.rawHeaders`. */
  rawHeaders: readonly string[];
  /**
   * Lower-case hex; of the empty text when there is no body. Undefined where no body is read, and what the client says of
   * it is signed with the rest.
   */
  bodySha256: string | undefined;
};

/** Query parameters, name and value each percent-encoded in canonical form. */
export type CanonicalQuery = readonly (readonly [name: string, value: string])[];

export function splitUrl(rawUrl: string): { path: string; query: string } {
  const mark = rawUrl.indexOf('?');
  return mark === -1 ? { path: rawUrl, query: '' } : { path: rawUrl.slice(0, mark), query: rawUrl.slice(mark + 1) };
}

/** Header values by lower-case name; those of a repeated header joined in their order. */
export function collectHeaders(rawHeaders: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    const value = foldSpaces(rawHeaders[index + 1] ?? '');
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return headers;
}

/**
 * Decodes what is percent-encoded and encodes anew, so that every spelling of a value has one form.
 * A plus sign is a plus sign, and a percent sign without two hex digits stands for itself.
 */
export function parseQuery(query: string): CanonicalQuery {
  return query
    .split('&')
    .filter((parameter) => parameter !== '')
    .map((parameter) => {
      const equals = parameter.indexOf('=');
      const [name, value] = equals === -1 ? [parameter, ''] : [parameter.slice(0, equals), parameter.slice(equals + 1)];
      return [percentEncode(percentDecode(name)), percentEncode(percentDecode(value))] as const;
    });
}

/**
 * The path is encoded as it came, hence what the client had encoded already is encoded twice (`%3A` gives `%253A`),
 * as for every service but S3. It is not normalized: no operation's path has dot segments or empty ones.
 */
export function canonicalPath(path: string): string {
  return path.split('/').map(percentEncode).join('/');
}

/** For S3: encoded once, however the client did it. Dot segments and empty ones are part of a key. */
export function canonicalObjectPath(path: string): string {
  return path
    .split('/')
    .map((segment) => percentEncode(percentDecode(segment)))
    .join('/');
}

export function canonicalQuery(query: CanonicalQuery): string {
  return query
    .toSorted(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

export function canonicalHeaders(signedHeaders: readonly string[], headers: ReadonlyMap<string, string>): string {
  return signedHeaders.map((name) => `${name}:${headers.get(name)}\n`).join('');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Spaces and tabs alone: 0xA0, a space elsewhere, may be part of a UTF-8 character here. In one pass, for this is done to
 * headers of callers whom nobody knows yet: a search for trailing spaces by a pattern begins anew at each space.
 */
function foldSpaces(value: string): string {
  const folded = value.replace(/[ \t]+/g, ' ');
  return folded.slice(folded.startsWith(' ') ? 1 : 0, folded.endsWith(' ') ? -1 : undefined);
}

/** To bytes, one character each. */
export function percentDecode(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function percentEncode(text: string): string {
  return text.replace(
    /[^A-Za-z0-9\-._~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
