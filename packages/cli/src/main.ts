import { readFileSync } from 'node:fs';

const packageFile = new URL('../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };

const [command, ...words] = process.argv.slice(2);
if (command === 'ivs-realtime' || command === 'ivs') {
  // Scripts call it again and again: it starts without the library that reads the other command lines.
  const { callApi } = await import('./ivs-realtime/command.ts');
  await callApi(command, words, version);
} else {
  const { runProgram } = await import('./program.ts');
  await runProgram(version);
}
