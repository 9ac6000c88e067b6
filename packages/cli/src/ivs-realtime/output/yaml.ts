import { floatText } from '../json/python-text.ts';
import { compareText, Float, type Json } from '../json/value.ts';
import { writeJson } from '../json/write-json.ts';
import { writeScalar } from './yaml-scalar.ts';

/** The format `yaml`: blocks, with members by the order of their names. A scalar alone is as in JSON. */
export function formatYaml(value: Json): string {
  const size = Array.isArray(value) ? value.length : value instanceof Map ? value.size : 0;
  if (size === 0) return `${writeJson(value)}\n`;
  const lines = new YamlLines();
  lines.node(value, 0, 'document');
  return lines.text;
}

/** Longer names stand on lines of their own, after a question mark. */
const LONGEST_SIMPLE_KEY_BYTES = 128;

class YamlLines {
  text = '';

  node(value: Json, indent: number, place: 'document' | 'item' | 'member'): void {
    if (Array.isArray(value) && value.length > 0) this.#list(value, indent, place);
    else if (value instanceof Map && value.size > 0) this.#object(value, indent, place);
    else this.#scalar(value, indent);
  }

  #list(items: readonly Json[], indent: number, place: string): void {
    // The dashes of a member's list stand below its name.
    const column = place === 'member' ? indent - 2 : indent;
    for (const [position, item] of items.entries()) {
      this.#begin(column, place === 'item' && position === 0);
      this.text += '-';
      this.node(item, column + 2, 'item');
    }
  }

  #object(object: ReadonlyMap<string, Json>, indent: number, place: string): void {
    const members = [...object].sort(([one], [other]) => compareText(one, other));
    for (const [position, [name, member]] of members.entries()) {
      this.#begin(indent, place === 'item' && position === 0);
      const key = writeScalar(name, { column: indent, indent, isKey: true });
      const isSimple = Buffer.byteLength(name) <= LONGEST_SIMPLE_KEY_BYTES && !name.includes('\n');
      if (isSimple) {
        this.text += `${key}:`;
      } else {
        this.text += `? ${writeScalar(name, { column: indent + 2, indent: indent + 2, isKey: false })}`;
        this.#begin(indent, false);
        this.text += ':';
      }
      this.node(member, indent + 2, isSimple ? 'member' : 'item');
    }
  }

  #scalar(value: Json, indent: number): void {
    const column = this.text.length - this.text.lastIndexOf('\n');
    this.text += ` ${scalarText(value, column, indent)}\n`;
  }

  #begin(column: number, continuing: boolean): void {
    if (continuing) this.text += ' ';
    else this.text += (this.text === '' || this.text.endsWith('\n') ? '' : '\n') + ' '.repeat(column);
  }
}

function scalarText(value: Json, column: number, indent: number): string {
  if (Array.isArray(value)) return '[]';
  if (value instanceof Map) return '{}';
  if (typeof value === 'string') return writeScalar(value, { column, indent, isKey: false });
  if (!(value instanceof Float)) return String(value);
  const text = floatText(value.value);
  return text.includes('.') ? text : text.replace('e', '.0e');
}
