import { Float, type Json, type JsonObject } from './value.ts';

/** The text is not JSON. It says where, in the words of the AWS command line. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';

  constructor(what: string, text: string, at: number) {
    const before = Array.from(text.slice(0, at));
    const lines = text.slice(0, at).split('\n');
    super(`${what}: line ${lines.length} column ${Array.from(lines.at(-1) ?? '').length + 1} (char ${before.length})`);
  }
}

/** Deeper than anything of the API, and than what a caller may ask of the stack. */
const MAXIMUM_DEPTH = 200;

/** Reads JSON text, keeping the order of members and the difference between 30 and 30.0. */
export function readJson(text: string): Json {
  return new JsonReader(text).read();
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
/** Up to a quote, a backslash or a control character of ASCII; those beyond ASCII are allowed. */
const PLAIN_TEXT = /(?:[^"\\\p{Cc}]|[\x7f-\x9f])*/uy;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const WORDS: readonly (readonly [string, Json])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
];

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Json {
    this.#skipSpace();
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail('Extra data');
    return value;
  }

  #value(depth: number): Json {
    const character = this.#text[this.#at];
    if (character === '"') return this.#string();
    if (character === '{' || character === '[') {
      if (depth === MAXIMUM_DEPTH) this.#fail('Nested too deeply');
      return character === '{' ? this.#object(depth) : this.#array(depth);
    }
    for (const [word, value] of WORDS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#number();
  }

  #number(): Json {
    const found = this.#match(NUMBER);
    if (found === undefined) return this.#fail('Expecting value');
    const [digits, fraction, exponent] = found;
    const value = Number(digits);
    return fraction === undefined && exponent === undefined ? value : new Float(value);
  }

  #array(depth: number): Json[] {
    const items: Json[] = [];
    this.#at += 1;
    this.#skipSpace();
    if (this.#take(']')) return items;
    for (;;) {
      items.push(this.#value(depth + 1));
      this.#skipSpace();
      if (this.#take(']')) return items;
      if (!this.#take(',')) this.#fail("Expecting ',' delimiter");
      this.#skipSpace();
    }
  }

  #object(depth: number): JsonObject {
    const members: JsonObject = new Map();
    this.#at += 1;
    this.#skipSpace();
    if (this.#take('}')) return members;
    for (;;) {
      if (this.#text[this.#at] !== '"') this.#fail('Expecting property name enclosed in double quotes');
      const name = this.#string();
      this.#skipSpace();
      if (!this.#take(':')) this.#fail("Expecting ':' delimiter");
      this.#skipSpace();
      members.set(name, this.#value(depth + 1));
      this.#skipSpace();
      if (this.#take('}')) return members;
      if (!this.#take(',')) this.#fail("Expecting ',' delimiter");
      this.#skipSpace();
    }
  }

  #string(): string {
    const begin = this.#at;
    this.#at += 1;
    let value = '';
    for (;;) {
      value += this.#match(PLAIN_TEXT)?.[0] ?? '';
      const character = this.#text[this.#at];
      if (character === undefined) return this.#fail('Unterminated string starting at', begin);
      if (character === '"') {
        this.#at += 1;
        return value;
      }
      if (character !== '\\') return this.#fail('Invalid control character at');
      value += this.#escape(begin);
    }
  }

  #escape(begin: number): string {
    const letter = this.#text[this.#at + 1];
    if (letter === undefined) return this.#fail('Unterminated string starting at', begin);
    if (letter === 'u') {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#fail('Invalid \\uXXXX escape', this.#at + 1);
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const escaped = ESCAPES[letter];
    if (escaped === undefined) return this.#fail('Invalid \\escape');
    this.#at += 2;
    return escaped;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at += found[0].length;
    return found;
  }

  #skipSpace(): void {
    this.#match(SPACE);
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #fail(what: string, at = this.#at): never {
    throw new JsonSyntaxError(what, this.#text, at);
  }
}
