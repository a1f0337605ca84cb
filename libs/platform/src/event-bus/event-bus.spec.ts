import { Global, Injectable, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';

import { CLOCK } from '@jiga/contracts';
import type { DomainEvents } from '@jiga/contracts';
import { VirtualClock } from '@jiga/testing';

import { EventBus } from './event-bus.js';
import { EventBusModule } from './event-bus.module.js';
import { OnDomainEvent } from './on-domain-event.js';

type StateChanged = DomainEvents['session.state_changed'];

const FACT: StateChanged = { sessionId: 'sess_1', at: 1, from: null, to: 'created', reason: 'created' };

@Injectable()
class Listener {
  readonly heard: StateChanged[] = [];

  @OnDomainEvent('session.state_changed')
  onStateChanged(fact: StateChanged): void {
    this.heard.push(fact);
    if (fact.reason === 'fail') throw new Error('a handler failed');
  }
}

@Global()
@Module({ providers: [{ provide: CLOCK, useValue: new VirtualClock() }], exports: [CLOCK] })
class ClockModule {}

@Module({ imports: [ClockModule, EventBusModule], providers: [Listener] })
class TestModule {}

async function start(): Promise<{ bus: EventBus; listener: Listener; stop: () => Promise<void> }> {
  const app = await NestFactory.createApplicationContext(TestModule, { logger: false });
  return { bus: app.get(EventBus), listener: app.get(Listener), stop: () => app.close() };
}

describe('EventBus', () => {
  it('hands a fact to the methods that ask for it and to those that subscribed, until they have enough', async () => {
    const { bus, listener, stop } = await start();
    const heard: StateChanged[] = [];
    const unsubscribe = bus.subscribe('session.state_changed', (fact) => void heard.push(fact));
    bus.publish('session.state_changed', FACT);
    unsubscribe();
    bus.publish('session.state_changed', FACT);
    expect([listener.heard.length, heard]).toEqual([2, [FACT]]);
    await stop();
  });

  it('keeps the failure of one handler from everybody else', async () => {
    const { bus, listener, stop } = await start();
    Logger.overrideLogger(false);
    const heard: StateChanged[] = [];
    bus.subscribe('session.state_changed', () => Promise.reject(new Error('a subscriber failed')));
    bus.subscribe('session.state_changed', (fact) => void heard.push(fact));
    expect(() => bus.publish('session.state_changed', { ...FACT, reason: 'fail' })).not.toThrow();
    await Promise.resolve();
    expect([listener.heard.length, heard.length]).toEqual([1, 1]);
    await stop();
  });
});
