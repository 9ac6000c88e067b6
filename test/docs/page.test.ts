import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPage } from './page.ts';

const fence = '```';
const blocksOf = (markdown: string) => readPage('page.md', markdown).blocks;

test('a block has its language, its text and the line where it begins', () => {
  const blocks = blocksOf(`# Page\n\n${fence}sh\none\n\n  two\n${fence}\n\n${fence}\nplain\n${fence}\n`);
  assert.deepEqual(blocks, [
    { line: 4, language: 'sh', text: 'one\n\n  two\n', instructions: {} },
    { line: 10, language: '', text: 'plain\n', instructions: {} },
  ]);
});

test('a fence of tildes, or of more backticks, ends with its like', () => {
  const [tildes, backticks] = blocksOf(
    `~~~sh\n${fence}\n~~~\n\n${fence}${fence}text\n${fence}\n~~~\n${fence}${fence}\n`,
  );
  assert.equal(tildes?.text, `${fence}\n`);
  assert.equal(backticks?.text, `${fence}\n~~~\n`);
});

test('a block in a list loses the indentation of its fence and no more', () => {
  const [block] = blocksOf(`1. First:\n\n   ${fence}sh\n   one\n     two\n\n   ${fence}\n`);
  assert.equal(block?.text, 'one\n  two\n\n');
});

test('comments right before a block are its instructions', () => {
  const instructionsOf = (comments: string, language = 'sh') =>
    blocksOf(`Text\n${comments}\n${fence}${language}\nx\n${fence}\n`)[0]?.instructions;
  assert.deepEqual(instructionsOf('<!-- not run: it needs Docker -->'), { notRun: 'it needs Docker' });
  assert.deepEqual(instructionsOf('<!-- not run: of Prometheus -->', 'yaml'), { notRun: 'of Prometheus' });
  assert.deepEqual(instructionsOf('<!-- run: background -->'), { background: true });
  assert.deepEqual(instructionsOf('<!-- run: expects exit 1 -->'), { exitCode: 1 });
  assert.deepEqual(instructionsOf('<!-- run: before:\nA=1\nB=2 -->\n<!-- run: background -->'), {
    before: 'A=1\nB=2',
    background: true,
  });
  assert.deepEqual(instructionsOf('<!-- output -->', 'text'), { output: true });
  const [first, second] = blocksOf(`<!-- run: background -->\n${fence}sh\n${fence}\n${fence}sh\n${fence}\n`);
  assert.deepEqual([first?.instructions, second?.instructions], [{ background: true }, {}]);
});

test('an instruction that cannot be followed is an error with its place', () => {
  const wrong: [markdown: string, error: RegExp][] = [
    ['<!-- not run: -->\n```sh\n```', /^Error: page\.md:2: the block is not run, and it is not said why$/],
    ['<!-- not run -->\n```sh\n```', /no instruction: not run$/],
    ['<!-- run: backgruond -->\n```sh\n```', /no instruction: run: backgruond$/],
    ['<!-- anything else -->\n```sh\n```', /no instruction: anything else$/],
    ['<!-- not run: why -->\n<!-- run: background -->\n```sh\n```', /is not run, and yet it is said how$/],
    ['<!-- run: background -->\n<!-- run: background -->\n```sh\n```', /says the same twice$/],
    ['<!-- run: background -->\n```js\n```', /only those of the language sh do$/],
    ['<!-- output -->\n```json\n```', /is no output: it has a language$/],
    ['<!-- not run: why -->\n\n```sh\n```', /^Error: page\.md:1: no block is right after 'not run: why'$/],
    ['Text\n<!-- run: background -->', /^Error: page\.md:2: no block is right after/],
    ['```sh\nls', /^Error: page\.md:1: the block does not end$/],
    ['<!-- run: before:\n```sh\n```', /^Error: page\.md:1: the comment does not end$/],
    ['> ```sh\n> ls\n> ```', /^Error: page\.md:1: a block in a quotation cannot be read$/],
  ];
  for (const [markdown, error] of wrong) assert.throws(() => blocksOf(markdown), error, markdown);
});

test('other comments say nothing', () => {
  assert.deepEqual(blocksOf('<!-- a word to editors -->\n\nText <!-- not run: by the way -->\n'), []);
});
