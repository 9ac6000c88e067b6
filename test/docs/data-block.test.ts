import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDataFolder } from '../support/data-folder.ts';
import { checkJson, checkYaml } from './data-block.ts';

test('JSON is a value, a value on each line, or members of an object', () => {
  checkJson('{ "a": "…" }\n');
  checkJson('{ "a": 1 }\n{ "b": 2 }\n');
  checkJson('"dependencies": { "a": "1" }\n');
  for (const text of ['{ "a": 1, }\n', '{ "a": … }\n', '"a": 1\n"b": 2\n']) assert.throws(() => checkJson(text), text);
});

test('YAML is a configuration of the server, unless it is said to be of something else', async (t) => {
  const folder = await createDataFolder(t);
  const check = (text: string, notRun?: string) =>
    checkYaml({ line: 1, language: 'yaml', text, instructions: notRun === undefined ? {} : { notRun } }, folder);
  assert.deepEqual(await check('listen: 127.0.0.1:7080\n'), []);
  assert.deepEqual(await check('scrape_configs: []\n', 'the configuration of Prometheus'), []);
  assert.deepEqual(await check('scrape_configs: []\n'), ['YAML: scrape_configs: there is no such option']);
  assert.match((await check('media: { port: 7080 }\n')).join(), /port 7080 of listen is one of the media ports/);
  assert.match((await check('a: 1\nb: [\n', 'the configuration of Prometheus')).join(), /^YAML:3: Flow sequence/);
});
