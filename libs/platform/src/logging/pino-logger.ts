import type { LoggerService } from '@nestjs/common';
import { pino, stdTimeFunctions, type DestinationStream, type Logger as Pino } from 'pino';

import { currentContext } from './request-context.js';

export interface LogSettings {
  readonly level: string;
  /** null = pretty on a terminal, json otherwise. */
  readonly format: 'pretty' | 'json' | null;
}

/** Keys whose values never reach a log line, at the top or one level down. */
const SECRET_KEYS = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'apiKey',
  'api_key',
  'access_token',
  'adminKey',
  'frame_data',
  'audio_base64',
  'bytes',
];

/** Nest's own start-up chatter: one line a module and a route, of use only when wiring is in doubt. */
const CHATTER = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication']);

/**
 * Nest's logger over pino. Call it the Nest way through `new Logger(Context.name)`: a fixed message first, then one
 * object of fields (an error goes under `err`), so that lines can be counted by message.
 */
export class PinoLogger implements LoggerService {
  constructor(private readonly pino: Pino) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.#write(CHATTER.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  #write(level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', message: unknown, rest: unknown[]): void {
    if (!this.pino.isLevelEnabled(level)) return;
    const fields: Record<string, unknown> = {};
    const texts: string[] = [];
    for (const part of rest) {
      if (part instanceof Error) fields['err'] = part;
      else if (typeof part === 'object' && part !== null) Object.assign(fields, part);
      else if (typeof part === 'string') texts.push(part);
    }
    // Nest gives the context last; a string before it is the stack of its own errors.
    fields['context'] = texts.pop();
    if (texts.length > 0) fields['stack'] = texts.join('\n');
    if (message instanceof Error) this.pino[level]({ ...fields, err: message }, message.message);
    else this.pino[level](fields, typeof message === 'string' ? message : JSON.stringify(message));
  }
}

/** The logger of one server. `destination` is for tests; without it lines go to standard output. */
export async function createLogger(settings: LogSettings, destination?: DestinationStream): Promise<PinoLogger> {
  const options = {
    level: settings.level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    messageKey: 'message',
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => ({ ...currentContext() }),
  };
  return new PinoLogger(pino(options, destination ?? (await standardOutput(settings.format))));
}

async function standardOutput(format: LogSettings['format']): Promise<DestinationStream> {
  if ((format ?? (process.stdout.isTTY ? 'pretty' : 'json')) === 'json')
    return pino.destination({ dest: 1, sync: true });
  // Only a terminal needs it, so only a terminal pays for loading it. In-process: a worker transport outlives close().
  const { default: pretty } = await import('pino-pretty');
  return pretty({ sync: true, ignore: 'context', messageFormat: '{context}: {message}', messageKey: 'message' });
}
