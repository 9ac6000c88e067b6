import { type Operation, type OperationName, type ResponseOf, type Shape, writeResponse } from '@proscenium/model';
import type { OperationDescription } from '@proscenium/model/descriptions';
import { readAnswer } from '../call/read-answer.ts';
import { writeJson } from '../json/write-json.ts';
import { commandLineName } from '../options/commands.ts';
import { paragraph, verbatim } from './page.ts';

/** A command line as the reference's example of a request has it, and what it prints. */
export function example(command: string, operation: Operation, described: OperationDescription): string[] {
  const given = Object.entries(described.example.request) as [string, unknown][];
  const words = given.flatMap(([member, value]) => {
    const shape = operation.request.properties[member];
    return shape === undefined ? [] : [optionWords(member, shape, value)];
  });
  const { body = '', headers } = writeResponse(
    operation.name as OperationName,
    described.example.response as ResponseOf<OperationName>,
  );
  const answer = readAnswer(operation, { status: 200, reason: 'OK', headers, body }, 'iso8601');
  const printed = writeJson(answer, { indent: 4 });
  return [
    verbatim([`proscenium ${operation.service} ${command}`, ...words.map((each) => `    ${each}`)].join(' \\\n'), 10),
    ...(answer.size === 0 ? [] : [paragraph('Output:'), verbatim(printed, 10)]),
  ];
}

function optionWords(member: string, shape: Shape, value: unknown): string {
  const name = commandLineName(member);
  if (typeof value === 'boolean') return value ? `--${name}` : `--no-${name}`;
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) {
    return `--${name} ${value.map((item) => quote(String(item))).join(' ')}`;
  }
  if (typeof value !== 'object' || value === null) return `--${name} ${quote(String(value))}`;
  if (shape['~kind'] === 'Record') {
    return `--${name} ${quote(
      Object.entries(value)
        .map(([key, entry]) => `${key}=${entry}`)
        .join(','),
    )}`;
  }
  return `--${name} ${quote(JSON.stringify(value))}`;
}

/** For a shell. */
function quote(word: string): string {
  if (/^[\w./:=,@+-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
