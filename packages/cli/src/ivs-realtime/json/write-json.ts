import { floatText } from './python-text.ts';
import { Float, type Json } from './value.ts';

export interface JsonStyle {
  /** Spaces for each level; without it everything is on one line. */
  readonly indent?: number;
  /** @default `, ` on one line */
  readonly comma?: string;
  /** @default `: ` */
  readonly colon?: string;
  /** Writes every other character as an escape. */
  readonly ascii?: boolean;
}

/** JSON text as Python's library writes it. */
export function writeJson(value: Json, style: JsonStyle = {}): string {
  return write(value, style, '\n');
}

function write(value: Json, style: JsonStyle, lineBreak: string): string {
  if (value instanceof Float) return jsonFloat(value.value);
  if (typeof value === 'string') return writeText(value, style);
  if (value === null || typeof value !== 'object') return String(value);
  const { indent, comma = indent === undefined ? ', ' : ',', colon = ': ' } = style;
  const inner = indent === undefined ? '' : lineBreak + ' '.repeat(indent);
  const outer = indent === undefined ? '' : lineBreak;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[${inner}${value.map((item) => write(item, style, inner)).join(comma + inner)}${outer}]`;
  }
  if (value.size === 0) return '{}';
  const members = [...value].map(([name, member]) => writeText(name, style) + colon + write(member, style, inner));
  return `{${inner}${members.join(comma + inner)}${outer}}`;
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? floatText(value) : value > 0 ? 'Infinity' : '-Infinity';
}

function writeText(text: string, { ascii = false }: JsonStyle): string {
  const written = JSON.stringify(text);
  if (!ascii) return written;
  return written.replace(/[\u007f-\uffff]/g, (unit) =>
    unit === '\u007f' ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
