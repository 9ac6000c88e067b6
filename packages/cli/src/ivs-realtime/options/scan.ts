import { badUsage } from '../failure.ts';
import { quoted } from '../json/python-text.ts';
import { closeMatches } from './close-matches.ts';
import type { Option, OptionValues } from './option.ts';

export interface Scanned {
  readonly values: OptionValues;
  /** The words that belong to no option, in their order. */
  readonly rest: readonly string[];
}

/**
 * Takes the options out of a command line by the rules of the AWS command line, which are those of Python's argparse: `--name
 * value` and `--name=value`, names shortened as long as one option alone begins so; of an option that comes twice the
 * last one counts.
 *
 * @throws CommandFailure when an option lacks its word, or has a wrong one
 */
export function scanOptions(words: readonly string[], options: readonly Option[]): Scanned {
  const values = new Map<string, string[]>();
  const rest: string[] = [];
  let at = 0;
  while (at < words.length) {
    const word = words[at] ?? '';
    at += 1;
    const found = looksLikeOption(word) ? findOption(word, options) : undefined;
    if (found === undefined) {
      rest.push(word);
      continue;
    }
    const { option, attached } = found;
    const following = attached === undefined ? followingWords(words, at, option) : [attached];
    if (attached === undefined) at += following.length;
    checkWords(option, following);
    values.delete(option.name);
    values.set(option.name, following);
  }
  return { values, rest };
}

/** A negative number and a text with spaces are none. */
export function looksLikeOption(word: string): boolean {
  if (!word.startsWith('-') || word === '-') return false;
  if (/^-\d+$|^-\d*\.\d+$/.test(word)) return false;
  return !word.includes(' ') || word.includes('=');
}

function findOption(
  word: string,
  options: readonly Option[],
): { option: Option; attached: string | undefined } | undefined {
  if (!word.startsWith('--')) return undefined;
  const equals = word.indexOf('=');
  const name = word.slice(2, equals === -1 ? undefined : equals);
  const attached = equals === -1 ? undefined : word.slice(equals + 1);
  const exact = options.find((option) => option.name === name);
  if (exact !== undefined) return { option: exact, attached };
  const begun = name === '' ? [] : options.filter((option) => option.name.startsWith(name));
  if (begun.length > 1) {
    throw badUsage(`ambiguous option: ${word} could match ${begun.map((option) => `--${option.name}`).join(', ')}`);
  }
  return begun[0] && { option: begun[0], attached };
}

function followingWords(words: readonly string[], begin: number, { takes }: Option): string[] {
  const most = { none: 0, one: 1, maybe: 1, some: Number.POSITIVE_INFINITY }[takes];
  const following: string[] = [];
  for (const word of words.slice(begin)) {
    if (following.length === most || looksLikeOption(word)) break;
    following.push(word);
  }
  return following;
}

function checkWords({ name, takes, choices, isInteger }: Option, words: readonly string[]): void {
  const [word] = words;
  const fail = (what: string) => badUsage(`argument --${name}: ${what}`);
  if (takes === 'none' && word !== undefined) throw fail(`ignored explicit argument ${quoted(word)}`);
  if (takes === 'one' && word === undefined) throw fail('expected one argument');
  if (takes === 'some' && word === undefined) throw fail('expected at least one argument');
  if (word === undefined) return;
  if (isInteger && !/^\s*[-+]?\d+\s*$/.test(word)) throw fail(`invalid int value: ${quoted(word)}`);
  if (choices !== undefined && !choices.includes(word)) throw fail(invalidChoice(word, choices));
}

export function invalidChoice(word: string, choices: readonly string[]): string {
  const rows = choices.flatMap((choice, index) =>
    index % 2 === 0
      ? [[choice, ...choices.slice(index + 1, index + 2)].map((each) => each.padEnd(40)).join(' | ')]
      : [],
  );
  const meant = closeMatches(word, choices).map((each) => `  * ${each}`);
  const suggestion = meant.length === 0 ? [] : [`\n\nInvalid choice: ${quoted(word)}, maybe you meant:\n`, ...meant];
  return ['Invalid choice, valid choices are:\n', ...rows, ...suggestion].join('\n');
}
