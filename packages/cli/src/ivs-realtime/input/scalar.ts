import { CommandFailure } from '../failure.ts';
import { quoted } from '../json/python-text.ts';
import { Float } from '../json/value.ts';

/** @throws CommandFailure when the text is no whole number */
export function readInteger(text: string): number {
  if (!/^\s*[-+]?\d+(_\d+)*\s*$/.test(text)) {
    throw new CommandFailure('General', `invalid literal for int() with base 10: ${quoted(text)}`);
  }
  return Number(text.replaceAll('_', ''));
}

/** @throws CommandFailure when the text is no number */
export function readFloat(text: string): Float {
  if (!/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text)) {
    throw new CommandFailure('General', `could not convert string to float: ${quoted(text)}`);
  }
  return new Float(Number(text));
}
