import type { IncomingMessage } from 'node:http';

import type { DestinationStream } from 'pino';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import type { Clock } from '@jiga/contracts';
import {
  addRequestHooks,
  createLogger,
  loadConfig,
  loadStartingKey,
  parseOnlyJson,
  requestIdOf,
  RouteTable,
  Shutdown,
  StaticKeyVerifier,
  SystemClock,
  type Environment,
  type JigaConfig,
} from '@jiga/platform';

import { ServerModule } from './server.module.js';

export interface ServerOptions {
  /** Instead of the process's environment. */
  readonly environment?: Environment;
  readonly clock?: Clock;
  /** Instead of standard output. */
  readonly logDestination?: DestinationStream;
}

export type StartingKey = Awaited<ReturnType<typeof loadStartingKey>>;

export interface JigaServer {
  readonly app: NestFastifyApplication;
  readonly config: JigaConfig;
  /** The credential that holds from the start, for the operator's eyes. */
  readonly startingKey: StartingKey;
  /** Listens where the settings say; resolves to the origin to call, such as `http://127.0.0.1:3000`. */
  listen(): Promise<string>;
  /** Ends everything in order. May be called twice, also without listen(). */
  close(): Promise<void>;
}

/**
 * Builds a whole server without listening: for main, for tests and for writing the API document. Rejects with
 * ConfigError when it must not start.
 */
export async function createServer(options: ServerOptions = {}): Promise<JigaServer> {
  const config = loadConfig(options.environment);
  const startingKey = await loadStartingKey(config);
  const logger = await createLogger(config.logging, options.logDestination);
  const routes = new RouteTable();
  const adapter = createAdapter(config);
  const platform = {
    config,
    clock: options.clock ?? new SystemClock(),
    routes,
    verifiers: [new StaticKeyVerifier(startingKey.kind, startingKey.key)],
  };
  let shutdown: Shutdown | null = null;
  addRequestHooks(adapter.getInstance(), routes, () => shutdown);
  parseOnlyJson(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(ServerModule.register(platform), adapter, {
    logger,
    bodyParser: false,
    abortOnError: false,
  });
  shutdown = app.get(Shutdown);
  let closing: Promise<void> | null = null;
  return {
    app,
    config,
    startingKey,
    listen: () => listen(app, config),
    close: () => (closing ??= app.close()),
  };
}

function createAdapter(config: JigaConfig): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: config.server.bodyMaxBytes,
    // Idle keep-alive connections would hold up a stop; requests under way may end.
    forceCloseConnections: 'idle',
    genReqId: (request: IncomingMessage) => requestIdOf(request.headers),
    requestTimeout: 60_000,
  });
}

async function listen(app: NestFastifyApplication, { server }: JigaConfig): Promise<string> {
  await app.listen({ host: server.host, port: server.port });
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address ? address.port : server.port;
  const isAnyAddress = server.host === '0.0.0.0' || server.host === '::';
  const host = isAnyAddress ? 'localhost' : server.host.includes(':') ? `[${server.host}]` : server.host;
  return `http://${host}:${port}`;
}
