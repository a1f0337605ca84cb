import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { INestApplication } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { bundledPath } from '../bundled-path.js';

const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript' } as const;
/** Route → file of apps/console. The page names its parts relative to itself, so that it works behind a prefix. */
const FILES: Readonly<Record<string, `${string}.${keyof typeof TYPES}`>> = {
  '/console': 'index.html',
  '/console/console.css': 'console.css',
  '/console/console.js': 'console.js',
  '/console/page.js': 'page.js',
  '/console/api.js': 'api.js',
  '/console/live.js': 'live.js',
  '/console/talk.js': 'talk.js',
};

/** Serves the web console: a page without secrets, which asks for a key and calls the API like any client. */
export function serveConsole(app: INestApplication): void {
  const folder = bundledPath('apps/console/index.html')?.replace(/index\.html$/, '');
  if (folder === undefined) throw new Error('The files of apps/console are missing');
  const adapter = app.getHttpAdapter();
  for (const [route, file] of Object.entries(FILES)) {
    const content = readFileSync(join(folder, file));
    const type = TYPES[file.slice(file.lastIndexOf('.') + 1) as keyof typeof TYPES];
    adapter.get(route, (_request: FastifyRequest, reply: FastifyReply) => {
      void reply.header('cache-control', 'no-cache').type(`${type}; charset=utf-8`).send(content);
    });
  }
  adapter.get('/', (_request: FastifyRequest, reply: FastifyReply) => void reply.redirect('console', 302));
  adapter.get('/console/', (_request: FastifyRequest, reply: FastifyReply) => void reply.redirect('../console', 308));
}
