import { JsonSyntaxError, readJson } from '../json/read-json.ts';
import type { Json } from '../json/value.ts';
import { QueryError } from './query-error.ts';

export type TokenType =
  | 'and'
  | 'colon'
  | 'comma'
  | 'current'
  | 'dot'
  | 'eof'
  | 'eq'
  | 'expref'
  | 'filter'
  | 'flatten'
  | 'gt'
  | 'gte'
  | 'lbrace'
  | 'lbracket'
  | 'literal'
  | 'lparen'
  | 'lt'
  | 'lte'
  | 'ne'
  | 'not'
  | 'number'
  | 'or'
  | 'pipe'
  | 'quoted_identifier'
  | 'rbrace'
  | 'rbracket'
  | 'rparen'
  | 'star'
  | 'unquoted_identifier';

export interface Token {
  readonly type: TokenType;
  readonly value: Json;
  /** In characters from the beginning of the expression. */
  readonly start: number;
}

/** What is told by its characters alone, the longer ones first. */
const SIGNS: readonly (readonly [string, TokenType])[] = [
  ['[]', 'flatten'],
  ['[?', 'filter'],
  ['||', 'or'],
  ['&&', 'and'],
  ['<=', 'lte'],
  ['>=', 'gte'],
  ['!=', 'ne'],
  ['==', 'eq'],
  ['[', 'lbracket'],
  ['|', 'pipe'],
  ['&', 'expref'],
  ['<', 'lt'],
  ['>', 'gt'],
  ['!', 'not'],
  ['.', 'dot'],
  ['*', 'star'],
  [']', 'rbracket'],
  [',', 'comma'],
  [':', 'colon'],
  ['@', 'current'],
  ['(', 'lparen'],
  [')', 'rparen'],
  ['{', 'lbrace'],
  ['}', 'rbrace'],
];

/** The tokens of an expression, `eof` at their end. */
export function tokenize(expression: string): Token[] {
  if (expression === '') throw new QueryError('Invalid JMESPath expression: cannot be empty.');
  const characters = Array.from(expression);
  const tokens: Token[] = [];
  let at = 0;
  while (at < characters.length) {
    const rest = characters.slice(at, at + 2).join('');
    const sign = SIGNS.find(([text]) => rest.startsWith(text));
    const character = characters[at] ?? '';
    if (/[ \t\n\r]/.test(character)) {
      at += 1;
    } else if (sign !== undefined) {
      tokens.push({ type: sign[1], value: sign[0], start: at });
      at += sign[0].length;
    } else if (/[A-Za-z_]/.test(character)) {
      const value = run(characters, at, /[A-Za-z0-9_]/);
      tokens.push({ type: 'unquoted_identifier', value, start: at });
      at += value.length;
    } else if (/[-0-9]/.test(character)) {
      const value = character + run(characters, at + 1, /[0-9]/);
      if (value === '-') fail(expression, at, "Unknown token '-'");
      tokens.push({ type: 'number', value: Number(value), start: at });
      at += value.length;
    } else if (character === '"' || character === "'" || character === '`') {
      const { content, end } = delimited(expression, characters, at, character);
      tokens.push({ ...readDelimited(expression, content, at, character), start: at });
      at = end;
    } else if (character === '=') {
      fail(expression, at, "Unknown token '='");
    } else {
      fail(expression, at, `Unknown token ${character}`);
    }
  }
  tokens.push({ type: 'eof', value: '', start: characters.length });
  return tokens;
}

function run(characters: readonly string[], begin: number, pattern: RegExp): string {
  let end = begin;
  while (end < characters.length && pattern.test(characters[end] ?? '')) end += 1;
  return characters.slice(begin, end).join('');
}

function delimited(expression: string, characters: readonly string[], begin: number, delimiter: string) {
  let at = begin + 1;
  while (at < characters.length && characters[at] !== delimiter) at += characters[at] === '\\' ? 2 : 1;
  if (at >= characters.length) fail(expression, begin, `Unclosed ${delimiter} delimiter`);
  return { content: characters.slice(begin + 1, at).join(''), end: at + 1 };
}

function readDelimited(expression: string, content: string, start: number, delimiter: string): Omit<Token, 'start'> {
  if (delimiter === "'") return { type: 'literal', value: content.replaceAll("\\'", "'") };
  if (delimiter === '`')
    return { type: 'literal', value: readLiteral(expression, content.replaceAll('\\`', '`'), start) };
  try {
    return { type: 'quoted_identifier', value: readJson(`"${content}"`) };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return fail(expression, start, error.message.split(':')[0] ?? '');
  }
}

/** What is no JSON is the text itself, as it was before the language had literals. */
function readLiteral(expression: string, content: string, start: number): Json {
  for (const text of [content, `"${content.trimStart()}"`]) {
    try {
      return readJson(text);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
    }
  }
  return fail(expression, start, `Bad token ${content}`);
}

function fail(expression: string, at: number, what: string): never {
  throw new QueryError(`Bad jmespath expression: ${what}:\n${expression}\n${' '.repeat(at)}^`);
}
