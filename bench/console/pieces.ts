import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const built = path.join(import.meta.dirname, '../../packages/console/dist');
const assets = path.join(built, 'assets');

/** What of the console is loaded when, beside what the page itself names. */
const roles: readonly (readonly [what: string, pattern: string])[] = [
  ['a stage and its sessions', 'live-????????.js'],
  ['the web client, to enter one', 'live-entrance-*.js'],
  ['compositions', 'composing-*.js'],
  ['recordings, ingest, settings', 'kept-*.js'],
  ['events, health', 'operating-*.js'],
  ['QR codes', 'qr-code-*.js'],
];

/** What the pieces of the console weigh, as they are and as they are sent. */
export function measurePieces(): void {
  const page = readFileSync(path.join(built, 'console.html'), 'utf8');
  const named = [...page.matchAll(/\/assets\/([^"]+\.(?:js|css))/g)].map(([, file = '']) => file);
  const rows = [
    { what: 'what the page loads by itself', files: named },
    ...roles.map(([what, pattern]) => ({ what, files: globSync(pattern, { cwd: assets }) })),
  ];
  const all = globSync(['console.js', 'console-style.css', '*-????????.js'], { cwd: assets });
  const counted = new Set(rows.flatMap(({ files }) => files));
  const others = all.filter((file) => !counted.has(file));
  const isPlayer = (file: string) => readFileSync(path.join(assets, file), 'utf8').includes('#EXTM3U');
  rows.push({ what: 'HLS, to play something', files: others.filter(isPlayer) });
  rows.push({ what: 'pieces that some of these share', files: others.filter((file) => !isPlayer(file)) });
  rows.push({ what: 'all', files: all });
  const whole = bytesOf(all.map((file) => `${file}.br`));
  console.log('\nWhat the pieces weigh');
  console.table(
    rows.map(({ what, files }) => ({
      what,
      files: files.length,
      kB: bytesOf(files) / 1_000,
      'kB with brotli': bytesOf(files.map((file) => `${file}.br`)) / 1_000,
      ratio: (bytesOf(files.map((file) => `${file}.br`)) / whole).toFixed(2),
    })),
  );
}

function bytesOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + readFileSync(path.join(assets, file)).length, 0);
}
