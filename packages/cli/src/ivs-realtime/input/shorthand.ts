import type { Json, JsonObject } from '../json/value.ts';
import { resolveFile } from './parameter-file.ts';

/** The text is no shorthand. It shows where. */
export class ShorthandError extends Error {
  override readonly name = 'ShorthandError';
}

/** More than any structure of the API has. */
const MAXIMUM_DEPTH = 32;

/**
 * Reads shorthand syntax: `a=1,b={c=[x,y]},d=e,f`, where `d` is a list. All scalars are texts.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
 */
export function readShorthand(text: string): JsonObject {
  return new ShorthandReader(text).read();
}

const KEY = /[A-Za-z0-9\-_.#/:]*/y;
const SINGLE_QUOTED = /'(?:\\'|[^'])*'/y;
const DOUBLE_QUOTED = /"(?:\\"|[^"])*"/y;
const START = String.raw`!#-&(-+\--<>-Z\\-z|-\uffff`;
/** A value that another one may follow after a comma: brackets and braces end it. */
const VALUE = new RegExp(String.raw`(?:\\,|[${START}])(?:\\,|[\s!#-&(-+\--\\^-|~-\uffff])*`, 'y');
/** The second and further values of a list without brackets: an equals sign ends it. */
const FURTHER_VALUE = new RegExp(String.raw`(?:\\,|[${START}])(?:\\,|[\s!#-&(-+\--<>-\uffff])*`, 'y');
const SPACE = /[ \t\n\r\v\f]*/y;

class ShorthandReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): JsonObject {
    const members: JsonObject = new Map();
    let begin = 0;
    for (;;) {
      const { key, resolves } = this.#key();
      const value = this.#memberValue(resolves);
      if (members.has(key)) throw this.#secondKey(key, begin);
      members.set(key, value);
      if (this.#isAtEnd()) return members;
      begin = this.#at + 1;
      this.#expect(',');
    }
  }

  /** With `@=` in place of `=`, files may be named by the values. */
  #key(): { key: string; resolves: boolean } {
    const key = this.#match(KEY) ?? '';
    this.#skipSpace();
    const resolves = this.#text[this.#at] === '@';
    if (resolves) this.#at += 1;
    this.#expect('=');
    return { key, resolves };
  }

  #memberValue(resolves: boolean): Json {
    if (this.#isAtEnd()) return '';
    const character = this.#text[this.#at];
    if (character === '[' || character === '{') return this.#nested(resolves);
    return this.#textOrList(resolves);
  }

  /** `a,b` is a list, but in `a,b=c` the `b` is a key. */
  #textOrList(resolves: boolean): Json {
    const first = this.#quotedOr(resolves, () => this.#match(VALUE) ?? '');
    this.#skipSpace();
    if (this.#text[this.#at] !== ',') return first;
    this.#expect(',');
    const items = [first];
    for (;;) {
      const next = this.#furtherValue(resolves);
      if (next !== undefined) this.#skipSpace();
      if (this.#isAtEnd()) {
        if (next === undefined) throw this.#unexpected('<second>', '<none>');
        items.push(next);
        break;
      }
      if (next === undefined || this.#text[this.#at] !== ',') {
        // A key began after the comma before.
        this.#at = this.#text.lastIndexOf(',', this.#at);
        break;
      }
      this.#expect(',');
      items.push(next);
    }
    return items.length === 1 ? first : items;
  }

  #furtherValue(resolves: boolean): string | undefined {
    const begin = this.#at;
    const character = this.#text[begin];
    if (character === "'" || character === '"') {
      const pattern = character === "'" ? SINGLE_QUOTED : DOUBLE_QUOTED;
      pattern.lastIndex = begin;
      if (!pattern.test(this.#text)) return undefined;
      return this.#quotedOr(resolves, () => '');
    }
    const found = this.#match(FURTHER_VALUE);
    return found === undefined ? undefined : resolved(unescapeCommas(found), resolves);
  }

  #nested(resolves: boolean): Json {
    if (this.#depth === MAXIMUM_DEPTH) throw new ShorthandError('Nested too deeply');
    this.#depth += 1;
    const character = this.#text[this.#at];
    const value =
      character === '['
        ? this.#list(resolves)
        : character === '{'
          ? this.#object()
          : this.#quotedOr(resolves, () => this.#match(VALUE) ?? '');
    this.#depth -= 1;
    return value;
  }

  #list(resolves: boolean): Json[] {
    const items: Json[] = [];
    this.#expect('[');
    while (this.#text[this.#at] !== ']') {
      items.push(this.#nested(resolves));
      this.#separate(']');
    }
    this.#expect(']', false);
    return items;
  }

  #object(): JsonObject {
    const members: JsonObject = new Map();
    this.#expect('{');
    while (this.#text[this.#at] !== '}') {
      const { key, resolves } = this.#key();
      members.set(key, this.#nested(resolves));
      this.#separate('}');
    }
    this.#expect('}', false);
    return members;
  }

  #separate(end: string): void {
    this.#skipSpace();
    if (this.#text[this.#at] === end) return;
    this.#expect(',', false);
    this.#skipSpace();
  }

  #quotedOr(resolves: boolean, otherwise: () => string): string {
    const mark = this.#text[this.#at];
    if (mark !== "'" && mark !== '"') return resolved(unescapeCommas(otherwise()), resolves);
    const name = mark === "'" ? 'singled quoted' : 'double quoted';
    const found = this.#match(mark === "'" ? SINGLE_QUOTED : DOUBLE_QUOTED);
    if (found === undefined) throw this.#unexpected(`<${name}>`, '<none>');
    const content = found.slice(1, -1).replaceAll(`\\${mark}`, mark).replaceAll('\\\\', '\\');
    return resolved(content, resolves);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #skipSpace(): void {
    this.#match(SPACE);
  }

  #isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  #expect(character: string, withSpace = true): void {
    if (withSpace) this.#skipSpace();
    const actual = this.#text[this.#at];
    if (actual !== character) throw this.#unexpected(character, actual ?? 'EOF');
    this.#at += 1;
    if (withSpace) this.#skipSpace();
  }

  #unexpected(expected: string, received: string): ShorthandError {
    return new ShorthandError(
      `Expected: '${expected}', received: '${received}' for input:\n${marked(this.#text, this.#at)}`,
    );
  }

  #secondKey(key: string, at: number): ShorthandError {
    return new ShorthandError(
      `Second instance of key "${key}" encountered for input:\n${marked(this.#text, at)}\nThis is often because there is a preceding "," instead of a space.`,
    );
  }
}

/** The line of the place is followed by one that points at it. */
function marked(text: string, at: number): string {
  const lineBegin = text.lastIndexOf('\n', at - 1) + 1;
  const found = text.indexOf('\n', at);
  const lineEnd = found === -1 ? text.length : found;
  return `${text.slice(0, lineEnd)}\n${' '.repeat(at - lineBegin)}^${text.slice(lineEnd)}`;
}

function unescapeCommas(text: string): string {
  return text.replaceAll('\\,', ',').trimEnd();
}

function resolved(text: string, resolves: boolean): string {
  return resolves ? resolveFile(text) : text;
}
