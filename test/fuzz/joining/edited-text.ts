import fc from 'fast-check';

/** A change of one line of a text, or of all of it. Lines and places count round: a change fits any text. */
type Edit =
  | { readonly what: 'remove' | 'repeat'; readonly line: number; readonly times: number }
  | { readonly what: 'move'; readonly line: number; readonly to: number }
  | { readonly what: 'insert'; readonly line: number; readonly text: string }
  | { readonly what: 'number'; readonly line: number; readonly which: number; readonly value: string }
  | { readonly what: 'characters'; readonly line: number; readonly at: number; readonly text: string }
  | { readonly what: 'cut'; readonly at: number }
  | { readonly what: 'end of line'; readonly text: string };

const line = fc.nat(500);
const oddNumber = fc.oneof(
  fc.constantFrom(
    '0',
    '-1',
    '1.5',
    '15',
    '16',
    '127',
    '128',
    '255',
    '256',
    '65535',
    '65536',
    '4294967295',
    '4294967296',
  ),
  fc.constantFrom('99999999999999999999', '1e9', '0x10', 'NaN', ''),
  fc.nat(130).map(String),
);
const oddText = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.constantFrom('\u0000', '\r', '\n', '\r\n\r\n', '\ufeff', '__proto__', 'constructor', '%00', '../', ' '),
  fc.nat(30_000).map((length) => 'x'.repeat(length)),
);

function anEdit(lines: readonly string[]): fc.Arbitrary<Edit> {
  const inserted = fc.oneof(fc.constantFrom(...lines), oddText);
  return fc.oneof(
    fc.record({ what: fc.constantFrom('remove', 'repeat'), line, times: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ what: fc.constant('move' as const), line, to: line }),
    { weight: 2, arbitrary: fc.record({ what: fc.constant('insert' as const), line, text: inserted }) },
    {
      weight: 3,
      arbitrary: fc.record({ what: fc.constant('number' as const), line, which: fc.nat(8), value: oddNumber }),
    },
    fc.record({ what: fc.constant('characters' as const), line, at: fc.nat(80), text: oddText }),
    fc.record({ what: fc.constant('cut' as const), at: fc.nat(10_000) }),
    fc.record({ what: fc.constant('end of line' as const), text: fc.constantFrom('\n', '\r', '', ' \r\n') }),
  ) as fc.Arbitrary<Edit>;
}

/**
 * A function that changes a text of lines in a few places: shrinking leaves the changes that matter.
 *
 * @param dictionary lines to put in, from texts of the same kind
 */
export function edits(dictionary: readonly string[]): fc.Arbitrary<(text: string) => string> {
  return fc
    .array(anEdit(dictionary), { maxLength: 6 })
    .map((all) =>
      Object.assign((text: string) => all.reduce(apply, text), { [fc.toStringMethod]: () => fc.stringify(all) }),
    );
}

function apply(text: string, edit: Edit): string {
  if (edit.what === 'cut') return text.slice(0, edit.at % (text.length + 1));
  if (edit.what === 'end of line') return text.replaceAll('\r\n', edit.text);
  const lines = text.split('\r\n');
  const at = edit.line % lines.length;
  const old = lines[at] ?? '';
  switch (edit.what) {
    case 'remove':
      lines.splice(at, edit.times);
      break;
    case 'repeat':
      lines.splice(at, 0, ...Array<string>(edit.times).fill(old));
      break;
    case 'move':
      lines.splice(at, 1);
      lines.splice(edit.to % (lines.length + 1), 0, old);
      break;
    case 'insert':
      lines.splice(at, 0, edit.text);
      break;
    case 'number':
      lines[at] = replaceNumber(old, edit.which, edit.value);
      break;
    case 'characters':
      lines[at] = old.slice(0, edit.at % (old.length + 1)) + edit.text + old.slice((edit.at + 1) % (old.length + 1));
      break;
  }
  return lines.join('\r\n');
}

function replaceNumber(text: string, which: number, value: string): string {
  const numbers = [...text.matchAll(/\d+/g)];
  const chosen = numbers[which % Math.max(1, numbers.length)];
  if (!chosen) return text;
  return text.slice(0, chosen.index) + value + text.slice(chosen.index + chosen[0].length);
}
