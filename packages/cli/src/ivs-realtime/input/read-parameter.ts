import type { Shape } from '@proscenium/model';
import { badParameter, CommandFailure } from '../failure.ts';
import { JsonSyntaxError, readJson } from '../json/read-json.ts';
import type { Json } from '../json/value.ts';
import { fitShorthand } from './fit-shorthand.ts';
import { ParameterFileError, resolveFile } from './parameter-file.ts';
import { readFloat, readInteger } from './scalar.ts';
import { readShorthand, ShorthandError } from './shorthand.ts';

/**
 * Reads what the command line gives for a parameter: a file's content, JSON, shorthand or the text itself, as its shape
 * demands.
 *
 * @param words one, or several for a list
 * @throws CommandFailure when they cannot be read
 */
export function readParameter(option: string, shape: Shape, words: readonly string[]): Json {
  try {
    const resolved = words.length === 1 ? words.map(resolveFile) : words;
    return shape['~kind'] === 'Array'
      ? readList(option, shape.items, resolved)
      : readOne(option, shape, resolved[0] ?? '');
  } catch (error) {
    if (error instanceof ParameterFileError || error instanceof ShorthandError) {
      throw badParameter(option, error.message);
    }
    throw error;
  }
}

function readList(option: string, itemShape: Shape, words: readonly string[]): Json {
  const [first = ''] = words;
  if (words.length === 1 && first.trim().startsWith('[')) return readJsonParameter(option, first);
  if (isComplex(itemShape) && !looksLikeJson(first)) {
    return words.map((word) => fitShorthand(itemShape, readShorthand(word)));
  }
  return words.map((word) => readScalarOrJson(option, itemShape, word));
}

function readOne(option: string, shape: Shape, word: string): Json {
  if (isComplex(shape) && !looksLikeJson(word)) return fitShorthand(shape, readShorthand(word));
  return readScalarOrJson(option, shape, word);
}

function readScalarOrJson(option: string, shape: Shape, word: string): Json {
  switch (shape['~kind']) {
    case 'Integer':
      return readInteger(word);
    case 'Number':
      return readFloat(word);
    case 'Object':
    case 'Record':
      if (!word.trimStart().startsWith('{')) throw badParameter(option, `Invalid JSON:\n${word}`);
      return readJsonParameter(option, word);
    case 'Array':
      throw new CommandFailure('General', 'No parameter is a list of lists');
    default:
      return word;
  }
}

function readJsonParameter(option: string, text: string): Json {
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw badParameter(option, `Invalid JSON: ${error.message}\nJSON received: ${text}`);
  }
}

function looksLikeJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

function isComplex(shape: Shape): boolean {
  return shape['~kind'] === 'Object' || shape['~kind'] === 'Record';
}
