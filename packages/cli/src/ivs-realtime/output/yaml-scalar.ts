/** Where a text is written. */
interface Place {
  /** Columns that stand before it in its line. */
  readonly column: number;
  /** Of the lines that it goes on in. */
  readonly indent: number;
  /** Keys stay on one line. */
  readonly isKey: boolean;
}

/** A text in YAML: as it is where that reads back as the same text, else in quotes; folded after 80 columns. */
export function writeScalar(text: string, place: Place): string {
  const { plain, single } = stylesFor(text, place.isKey);
  if (plain) return folded(text, place, (character) => character);
  if (single)
    return `'${folded(text, { ...place, column: place.column + 1 }, (character) => (character === "'" ? "''" : character))}'`;
  return doubleQuoted(text, place);
}

/** What reads as another type than text, by YAML 1.2 as the writer of the AWS command line has it. */
const OTHER_TYPES = [
  /^(?:true|True|TRUE|false|False|FALSE)$/,
  /^(?:~|null|Null|NULL|)$/,
  /^(?:[-+]?0b[0-1_]+|[-+]?0o?[0-7_]+|[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+)$/,
  /^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?(?:[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  /^\d{4}-\d{2}-\d{2}$|^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d{2}:\d{2}(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::?\d{2})?))?$/,
  /^(?:<<|=)$/,
];

const BREAK = /[\n\r\u0085\u2028\u2029]/;
/** What stands in YAML as it is. Beyond the basic plane everything is escaped. */
const PRINTABLE = /^[\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/;

function stylesFor(text: string, isKey: boolean): { plain: boolean; single: boolean } {
  if (!PRINTABLE.test(text)) return { plain: false, single: false };
  const hasBreak = BREAK.test(text);
  // A space beside a line break would be lost.
  if (/ [\n\r\u0085\u2028\u2029]/.test(text) || (isKey && hasBreak)) return { plain: false, single: false };
  const hasIndicator =
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[-?:](?:\s|$)/.test(text) ||
    /:(?:\s|$)/.test(text) ||
    /\s#/.test(text) ||
    /^(?:---|\.\.\.)/.test(text);
  const isOther = OTHER_TYPES.some((type) => type.test(text));
  const single = !/[\n\r\u0085\u2028\u2029] /.test(text) || !hasBreak;
  return {
    plain: !hasIndicator && !isOther && !hasBreak && !/^ | $/.test(text),
    single: single && !/^ .*[\n\r]/s.test(text),
  };
}

const WIDTH_COLUMNS = 80;

function folded(text: string, { column, indent, isKey }: Place, write: (character: string) => string): string {
  const characters = Array.from(text);
  let written = '';
  let at = column;
  let afterSpace = false;
  let afterBreak = false;
  for (const [position, character] of characters.entries()) {
    const inside = position > 0 && position < characters.length - 1;
    if (character === ' ') {
      if (!isKey && !afterSpace && at > WIDTH_COLUMNS && inside && characters[position + 1] !== ' ') {
        written += `\n${' '.repeat(indent)}`;
        at = indent;
      } else {
        written += ' ';
        at += 1;
      }
      afterSpace = true;
    } else if (BREAK.test(character)) {
      // One more than there are, since a single one reads as a space.
      written += !afterBreak && character === '\n' ? `\n${character}` : character;
      at = 0;
      afterBreak = true;
      continue;
    } else {
      if (afterBreak) {
        written += ' '.repeat(indent);
        at = indent;
      }
      written += write(character);
      at += write(character).length;
      afterSpace = false;
    }
    afterBreak = false;
  }
  // The quote that follows is a character like any other.
  return afterBreak ? written + ' '.repeat(indent) : written;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\u001b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function doubleQuoted(text: string, { column, indent, isKey }: Place): string {
  const characters = Array.from(text);
  let written = '"';
  let at = column + 1;
  let afterSpace = false;
  for (const [position, character] of characters.entries()) {
    const inside = position > 0 && position < characters.length - 1;
    if (character === ' ' && !isKey && !afterSpace && at > WIDTH_COLUMNS && inside) {
      written += `\n${' '.repeat(indent)}${characters[position + 1] === ' ' ? '\\' : ''}`;
      at = indent;
    } else {
      const escaped = escapeCharacter(character);
      written += escaped;
      at += escaped.length;
    }
    afterSpace = character === ' ';
  }
  return `${written}"`;
}

function escapeCharacter(character: string): string {
  const short = ESCAPES[character];
  if (short !== undefined) return short;
  if (PRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const hexadecimal = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hexadecimal.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hexadecimal.padStart(4, '0')}` : `\\U${hexadecimal.padStart(8, '0')}`;
}
