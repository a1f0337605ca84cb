import type { IncomingMessage, Server } from 'node:http';

import type { DestinationStream } from 'pino';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { CLOCK } from '@jiga/contracts';
import type { Clock, FrameAnalyzer } from '@jiga/contracts';
import {
  addRequestHooks,
  addSecurityHooks,
  addTelemetryHooks,
  ConfigError,
  createLogger,
  loadConfig,
  loadStartingKey,
  Metrics,
  parseOnlyJson,
  requestIdOf,
  RouteTable,
  Shutdown,
  SocketAdapter,
  socketLimits,
  StaticKeyVerifier,
  SystemClock,
  Tracing,
  unknownVariables,
  answerClientError,
  answerFrameworkError,
  type CredentialVerifier,
  type Environment,
  type JigaConfig,
  type StartingKey,
} from '@jiga/platform';

import { serveConsole } from './console/serve-console.js';
import { serveDocs } from './docs/openapi.js';
import { acceptSound } from './http/audio-bodies.js';
import { acceptPictures } from './http/picture-bodies.js';
import { ValidationPipe } from './http/validation.pipe.js';
import { HttpConnections } from './http-connections.js';
import { ServerModule } from './server.module.js';

export interface ServerOptions {
  /** Instead of the process's environment. */
  readonly environment?: Environment;
  readonly clock?: Clock;
  /** Instead of the local vision. */
  readonly analyzer?: FrameAnalyzer;
  /** Asked for what the starting key does not know. */
  readonly verifiers?: readonly CredentialVerifier[];
  /** Instead of standard output. */
  readonly logDestination?: DestinationStream;
}

export interface JigaServer {
  readonly app: NestFastifyApplication;
  readonly config: JigaConfig;
  /** The credential that holds from the start, for the operator's eyes. */
  readonly startingKey: StartingKey;
  /**
   * Listens where the settings say; resolves to the origin to call, such as `http://127.0.0.1:3000`. Rejects with ConfigError
   * where it cannot.
   */
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
    verifiers: [...startingVerifiers(startingKey), ...(options.verifiers ?? [])],
  };
  // Hooks must be there before the routes, which come with the application.
  let running: Shutdown | null = null;
  let telemetry: { readonly metrics: Metrics; readonly tracing: Tracing } | null = null;
  addTelemetryHooks(adapter.getInstance(), () => telemetry);
  addRequestHooks(adapter.getInstance(), routes, () => running);
  addSecurityHooks(adapter.getInstance(), config, routes);
  parseOnlyJson(adapter.getInstance());
  acceptPictures(adapter.getInstance(), config.frames.maxBytes);
  acceptSound(adapter.getInstance(), config.audio.maxBytes, config.frames.maxBytes);
  const app = await NestFactory.create<NestFastifyApplication>(
    ServerModule.register(platform, options.analyzer),
    adapter,
    { logger, bodyParser: false, abortOnError: false },
  );
  const shutdown = app.get(Shutdown);
  running = shutdown;
  telemetry = { metrics: app.get(Metrics), tracing: app.get(Tracing) };
  const connections = new HttpConnections(app.getHttpServer(), platform.clock, config.server.drainTimeoutMs);
  shutdown.register('work', 'http connections', () => connections.end());
  ignoreExpectations(app.getHttpServer());
  app.useGlobalPipes(new ValidationPipe());
  addSockets(app, config, shutdown);
  serveDocs(app);
  serveConsole(app);
  warnOfUnknown(options.environment);
  let closing: Promise<void> | null = null;
  return {
    app,
    config,
    startingKey,
    listen: () => listen(app, config),
    close: () => (closing ??= app.close()),
  };
}

const startingVerifiers = (key: StartingKey): CredentialVerifier[] =>
  key.kind === 'none' ? [] : [new StaticKeyVerifier(key.kind, key.key)];

/** RFC 9110 §10.1.1 lets a server overlook what it does not know; Node would answer 417 without a body. */
function ignoreExpectations(server: Server): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

function addSockets(app: NestFastifyApplication, config: JigaConfig, shutdown: Shutdown): void {
  const moving = { clock: app.get<Clock>(CLOCK), graceMs: config.socketMoveGraceMs };
  const sockets = new SocketAdapter(app, socketLimits(config), moving);
  app.useWebSocketAdapter(sockets);
  shutdown.register('sockets', 'websockets', () => sockets.drain());
  app.get(Metrics).gauge('jiga_sockets_open', 'Open WebSockets.', () => sockets.size);
}

function warnOfUnknown(environment: Environment | undefined): void {
  const names = unknownVariables(environment);
  if (names.length > 0) new Logger('Config').warn('Nothing reads these environment variables', { names });
}

function createAdapter({ server: { bodyMaxBytes, requestTimeoutMs } }: JigaConfig): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: bodyMaxBytes,
    // Idle keep-alive connections would hold up a stop; requests under way may end.
    forceCloseConnections: 'idle',
    genReqId: (request: IncomingMessage) => requestIdOf(request.headers),
    requestTimeout: requestTimeoutMs,
    // Here as well, so that Node bounds the header fields by it too. It looks at its connections only so often.
    http: { requestTimeout: requestTimeoutMs, connectionsCheckingInterval: Math.ceil(requestTimeoutMs / 4) },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  });
}

/** Connections that may wait to be accepted: with Node's 511 the system resets some of a burst of a thousand. */
const BACKLOG = 4096;

/** Why an address cannot be listened on, where the operator can put it right. */
const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there: stop it, or set PORT to a free port (0 = any)',
  EACCES: 'this user may not: set PORT to 1024 or more',
  EADDRNOTAVAIL: 'this machine has no such address: set HOST to one that it has',
  ENOTFOUND: 'this name has no address: set HOST to an address of this machine',
};

async function listen(app: NestFastifyApplication, { server }: JigaConfig): Promise<string> {
  try {
    await app.listen({ host: server.host, port: server.port, backlog: BACKLOG });
  } catch (error) {
    const reason = LISTEN_PROBLEMS[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    throw new ConfigError(`Cannot listen on port ${server.port} of ${server.host}: ${reason}`, { cause: error });
  }
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address ? address.port : server.port;
  const isAnyAddress = server.host === '0.0.0.0' || server.host === '::';
  const host = isAnyAddress ? 'localhost' : server.host.includes(':') ? `[${server.host}]` : server.host;
  return `http://${host}:${port}`;
}
