import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { firstSentence } from './first-sentence.ts';
import { surfacePage } from './page.ts';
import { readSurface } from './read-surface.ts';
import type { Surface } from './surface.ts';

const source = `
/** Rings. Loudly. */
export class Bell {
  /** How often
   * it rang. @internal */
  readonly count = 0;
  #cracked = false;
  protected tune(): void {}
  /** Makes a sound (e.g. once). Then rests. */
  ring(times: number | undefined): void { this.#cracked = times === 0; }
  /** @deprecated Use \`ring()\`. */
  chime(): void {}
}
/** How high. */
export const Tone = {
  /** The deepest. */
  LOW: 'low',
  HIGH: 2,
  2: 'HIGH',
} as const;
export type Tone = (typeof Tone)[keyof typeof Tone];
export const LOUDEST = 120;
export interface Tower { readonly bells?: Bell[] }
export type Pitch = 'a' | 'b';
`;

describe('readSurface', () => {
  let folder: string;
  let surface: Surface;
  const find = (name: string) => surface.find((each) => each.name === name);

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'proscenium-surface-'));
    await writeFile(
      path.join(folder, 'tsconfig.json'),
      '{ "compilerOptions": { "strict": true }, "include": ["*.ts"] }',
    );
    await writeFile(path.join(folder, 'bell.ts'), source);
    await writeFile(
      path.join(folder, 'index.ts'),
      "export * from './bell';\nexport { Tone as Sound } from './bell';\n",
    );
    surface = readSurface(path.join(folder, 'tsconfig.json'), path.join(folder, 'index.ts'));
  });
  after(() => rm(folder, { recursive: true }));

  it('tells what a class offers to everybody', () => {
    assert.deepEqual(find('Bell'), {
      name: 'Bell',
      kind: 'class',
      summary: 'Rings.',
      deprecated: false,
      type: undefined,
      members: [
        { name: 'chime', type: '() => void', summary: 'Use `ring()`.', deprecated: true },
        {
          name: 'ring',
          type: '(times: number | undefined) => void',
          summary: 'Makes a sound (e.g. once).',
          deprecated: false,
        },
      ],
    });
  });

  it('tells the values of an enumeration, under each of its names', () => {
    for (const name of ['Tone', 'Sound']) {
      const { kind, members } = find(name) ?? {};
      assert.equal(kind, 'enumeration');
      assert.deepEqual(
        members?.map((member) => [member.name, member.type, member.summary]),
        [
          ['LOW', '"low"', 'The deepest.'],
          ['HIGH', '2', ''],
        ],
      );
    }
  });

  it('tells constants and types', () => {
    assert.deepEqual([find('LOUDEST')?.kind, find('LOUDEST')?.type], ['constant', '120']);
    assert.deepEqual(
      find('Tower')?.members.map(({ name, type }) => [name, type]),
      [['bells', 'Bell[] | undefined']],
    );
    assert.deepEqual([find('Pitch')?.kind, find('Pitch')?.members], ['type', []]);
  });

  it('refuses what is no module', () => {
    assert.throws(
      () => readSurface(path.join(folder, 'tsconfig.json'), path.join(folder, 'drum.ts')),
      /drum\.ts is no/,
    );
  });

  it('is written as a page', () => {
    const page = surfacePage(surface, { Gong: 'bronze' }, { Drum: 'skin' });
    for (const line of [
      '| `chime` | `() => void` | Deprecated. Use `ring()`. |',
      '| `ring` | `(times: number \\| undefined) => void` | Makes a sound (e.g. once). |',
      '| `LOW` | `"low"` | The deepest. |',
      '| `Gong` | bronze: to come |',
      '| `Drum` | skin: not planned |',
    ]) {
      assert.ok(page.split('\n').includes(line), line);
    }
  });
});

describe('firstSentence', () => {
  for (const [text, sentence] of [
    ['', ''],
    ['No stop', 'No stop'],
    ['One. Two.', 'One.'],
    ['Over\n  two lines. More.', 'Over two lines.'],
    ['Reads `package.json` whole. More.', 'Reads `package.json` whole.'],
  ] as const) {
    it(`of "${text}" is "${sentence}"`, () => assert.equal(firstSentence(text), sentence));
  }
});
