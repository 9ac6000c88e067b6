import type { Service } from '@proscenium/model';
import type { CommandFailure } from '../failure.ts';
import { pythonText } from '../json/python-text.ts';
import type { Json, JsonObject } from '../json/value.ts';
import type { ErrorFormat } from '../options/global-options.ts';

/** Members beyond these are printed as one line only where they are few and plain. */
const MOST_INLINE = 5;

const usageOf = (service: Service) => `
usage: proscenium ${service} [options] <command> [parameters]
To see help text, you can run:

  proscenium ${service} help
  proscenium ${service} <command> help
`;

/** What standard error tells of a failure. */
export async function formatFailure(
  failure: CommandFailure,
  { format, colored, service }: { format: ErrorFormat; colored: boolean; service: Service },
): Promise<string> {
  if (failure.isUsage || failure.kind === 'UnknownOptions')
    return `${usageOf(service)}${line(plainMessage(failure, format))}`;
  if (failure.kind === 'General') return line(failure.message);
  switch (format) {
    case 'json': {
      const { writeJson } = await import('../json/write-json.ts');
      return `${writeJson(membersOf(failure), { indent: 4 })}\n`;
    }
    case 'yaml': {
      const { formatYaml } = await import('./yaml.ts');
      return formatYaml(membersOf(failure));
    }
    case 'text': {
      const { formatText } = await import('./text.ts');
      return formatText(membersOf(failure));
    }
    case 'table': {
      const { formatTable } = await import('./table.ts');
      return formatTable('error', membersOf(failure), { widthColumns: process.stderr.columns ?? 80, colored });
    }
    default:
      return `${line(plainMessage(failure, format))}${format === 'legacy' ? '' : details(failure)}`;
  }
}

function line(message: string): string {
  return `\nproscenium: [ERROR]: ${message.trim()}\n`;
}

function plainMessage({ kind, message, answered }: CommandFailure, format: ErrorFormat): string {
  const saysItself = answered !== undefined || kind === 'General' || kind === 'UnknownOptions' || format === 'legacy';
  return saysItself ? message : `An error occurred (${kind}): ${message}`;
}

function membersOf({ kind, message, answered }: CommandFailure): JsonObject {
  return (
    answered?.members ??
    new Map([
      ['Code', kind],
      ['Message', message],
    ])
  );
}

function details({ answered }: CommandFailure): string {
  const members = [...(answered?.members ?? [])].filter(([name]) => name !== 'Code' && name !== 'Message');
  if (members.length === 0) return '';
  return `\nAdditional error details:\n${members.map(([name, value]) => `${name}: ${inline(value)}\n`).join('')}`;
}

function inline(value: Json): string {
  const members = value instanceof Map ? [...value.values()] : Array.isArray(value) ? value : undefined;
  if (members === undefined) return pythonText(value);
  if (members.length >= MOST_INLINE || members.some((member) => Array.isArray(member) || member instanceof Map)) {
    return '<complex value> (Use --cli-error-format with json or yaml to see full details)';
  }
  if (value instanceof Map)
    return `{${[...value].map(([name, member]) => `${name}: ${pythonText(member)}`).join(', ')}}`;
  return `[${members.map(pythonText).join(', ')}]`;
}
