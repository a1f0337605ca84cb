import { describe, expect, it } from '@jest/globals';

import { createLogger, type PinoLogger } from './pino-logger.js';
import { noteSession, runInContext } from './request-context.js';

async function logger(level = 'info'): Promise<{ log: PinoLogger; lines: Record<string, unknown>[] }> {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { log: await createLogger({ level, format: 'json' }, { write }), lines };
}

describe('the log', () => {
  it('is one JSON object a line: fixed message, fields, context', async () => {
    const { log, lines } = await logger();
    log.warn('Something happened', { count: 2 }, 'Context');
    expect(lines).toEqual([
      { level: 'warn', time: expect.any(String), message: 'Something happened', count: 2, context: 'Context' },
    ]);
  });

  it('carries the ids of the request and of its session', async () => {
    const { log, lines } = await logger();
    await runInContext({ requestId: 'req_1' }, async () => {
      await Promise.resolve();
      noteSession('sess_1');
      log.log('In a request', 'Context');
    });
    log.log('Outside', 'Context');
    expect(lines[0]).toMatchObject({ requestId: 'req_1', sessionId: 'sess_1' });
    expect(lines[1]).not.toHaveProperty('requestId');
  });

  it('shows no secret and no media', async () => {
    const { log, lines } = await logger();
    const request = { authorization: 'Bearer top', apiKey: 'top', frame_data: 'top' };
    log.log('Request', { ...request, nested: request }, 'Context');
    expect(JSON.stringify(lines)).not.toContain('top');
  });

  it('keeps an error with its stack and cause', async () => {
    const { log, lines } = await logger();
    log.error('Failed', { err: new Error('outer', { cause: new Error('inner') }) }, 'Context');
    expect(lines[0]).toMatchObject({ err: { message: expect.stringContaining('inner'), stack: expect.any(String) } });
  });

  it('leaves out what is below its level', async () => {
    const { log, lines } = await logger('error');
    log.warn('Not this', 'Context');
    log.log('Nor this', 'Context');
    expect(lines).toEqual([]);
  });
});
