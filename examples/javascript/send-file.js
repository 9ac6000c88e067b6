import { readFile } from 'node:fs/promises';

const types = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript' };
const here = (name) => new URL(`public/${name}`, import.meta.url);

/** The page, and the web client out of its package. Nothing else is served. */
const files = {
  '/': here('index.html'),
  '/style.css': here('style.css'),
  '/page.js': here('page.js'),
  '/meeting.js': here('meeting.js'),
  '/backend.js': here('backend.js'),
  '/tiles.js': here('tiles.js'),
  '/web-broadcast.js': new URL(import.meta.resolve('@proscenium/web-broadcast/bundle')),
};

export async function sendFile(method, path, response) {
  const file = method === 'GET' ? files[path] : undefined;
  if (!file) return response.writeHead(404).end();
  const content = await readFile(file);
  response.writeHead(200, { 'content-type': types[file.pathname.split('.').at(-1)] }).end(content);
}
