import { Logger } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';

import { ReadinessService } from './readiness.service.js';
import { Shutdown } from './shutdown.service.js';

describe('Shutdown', () => {
  it('ends phase by phase, the newest first, and storage only after the server', async () => {
    const shutdown = new Shutdown(new ReadinessService());
    const ended: string[] = [];
    const register = (phase: 'sockets' | 'work' | 'storage', name: string): void =>
      shutdown.register(phase, name, () => void ended.push(name));
    register('storage', 'database');
    register('work', 'older');
    register('sockets', 'sockets');
    register('work', 'newer');
    await shutdown.onModuleDestroy();
    expect(ended).toEqual(['sockets', 'newer', 'older']);
    await shutdown.onApplicationShutdown();
    expect(ended.at(-1)).toBe('database');
  });

  it('lets one that fails keep nobody else from ending, and ends nothing twice', async () => {
    const shutdown = new Shutdown(new ReadinessService());
    Logger.overrideLogger(false);
    let times = 0;
    shutdown.register('work', 'good', () => void times++);
    shutdown.register('work', 'bad', () => Promise.reject(new Error('stuck')));
    await shutdown.onModuleDestroy();
    await shutdown.onModuleDestroy();
    expect(times).toBe(1);
  });

  it('makes the server unready as soon as it begins', async () => {
    const readiness = new ReadinessService();
    const shutdown = new Shutdown(readiness);
    expect((await readiness.read()).ready).toBe(true);
    shutdown.drain();
    expect(await readiness.read()).toEqual({ ready: false, checks: { draining: 'the server is stopping' } });
  });
});

describe('ReadinessService', () => {
  it('names what is missing, also when a check breaks', async () => {
    const readiness = new ReadinessService();
    readiness.add('good', () => null);
    readiness.add('absent', () => 'no model');
    readiness.add('broken', () => Promise.reject(new Error('disk gone')));
    expect(await readiness.read()).toEqual({
      ready: false,
      checks: { good: 'ok', absent: 'no model', broken: 'disk gone' },
    });
  });
});
