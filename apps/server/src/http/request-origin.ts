import type { FastifyRequest } from 'fastify';

import type { JigaConfig } from '@jiga/platform';

const HOST_FORM = /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i;

/**
 * What the caller reaches this server by, such as `http://127.0.0.1:3000`: JIGA_PUBLIC_URL when it is set, else what
 * the request was sent to. No trailing slash.
 */
export function originOf(request: Pick<FastifyRequest, 'headers' | 'protocol' | 'socket'>, config: JigaConfig): string {
  if (config.server.publicUrl !== null) return config.server.publicUrl;
  const { host } = request.headers;
  if (host !== undefined && HOST_FORM.test(host)) return `${request.protocol}://${host}`;
  return `${request.protocol}://${config.server.host}:${request.socket.localPort ?? config.server.port}`;
}

export const toSocketUrl = (httpUrl: string): string => httpUrl.replace(/^http/, 'ws');
