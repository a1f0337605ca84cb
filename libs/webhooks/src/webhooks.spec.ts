import { createHmac } from 'node:crypto';

import { afterEach, describe, expect, it } from '@jest/globals';

import { turn, until, WebhookReceiver, type ReceivedWebhook, type TestDatabase } from '@jiga/testing';

import { eachWebhookHome } from '../../../test/support/each-webhook-home.js';
import { webhookRig, type WebhookRig, type WebhookRigOptions } from '../../../test/support/webhook-rig.js';
import type { Delivery } from './webhook.js';

let home: TestDatabase;
let rig: WebhookRig;
let receiver: WebhookReceiver;
const others: WebhookReceiver[] = [];

eachWebhookHome(
  (...each) => ([home, receiver] = each),
  () => rig,
);
afterEach(async () => {
  await Promise.all(others.splice(0).map((each) => each.close()));
});

async function start(options?: WebhookRigOptions): Promise<void> {
  rig = await webhookRig(home, options);
}

async function anotherReceiver(): Promise<WebhookReceiver> {
  const another = await WebhookReceiver.listen();
  others.push(another);
  return another;
}

async function theDelivery(webhookId: string): Promise<Delivery> {
  const [delivery] = await rig.service.deliveries({ webhookId }, 10);
  if (!delivery) throw new Error('no delivery');
  return delivery;
}

/** Waits until the only delivery of the webhook looks like this, moving the clock on by so much between two looks. */
async function deliveryBecomes(webhookId: string, accepts: (delivery: Delivery) => boolean, stepMs = 0) {
  const deadline = performance.now() + 5_000;
  for (;;) {
    const delivery = await theDelivery(webhookId);
    if (accepts(delivery)) return delivery;
    if (performance.now() > deadline) throw new Error(`The delivery stayed ${JSON.stringify(delivery)}`);
    // Not while a request is under way: its time would run out.
    if (delivery.attempts.length === receiver.received.length) rig.clock.advance(stepMs);
    await turn();
  }
}

/** As a receiver checks it: independent of the code that signs. */
function isSignedBy(secret: string, { headers, body }: ReceivedWebhook): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const expected = `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').includes(expected);
}

describe('a delivery', () => {
  it('is the event, signed as Standard Webhooks asks', async () => {
    await start();
    const webhook = await rig.service.create('owner', { url: receiver.url });
    const event = await rig.publish('session.failed', 'sess_a', { reason: 'twitch_unreachable' });
    await until(() => receiver.received.length === 1);
    const [got] = receiver.received;
    if (!got) throw new Error('nothing came');
    expect(JSON.parse(got.body)).toEqual(event);
    expect(got.headers).toMatchObject({
      'webhook-id': event.event_id,
      'webhook-timestamp': String(Math.floor(rig.clock.nowMs() / 1000)),
      'content-type': 'application/json; charset=utf-8',
    });
    expect(webhook.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(isSignedBy(webhook.secret, got)).toBe(true);
    expect(await deliveryBecomes(webhook.id, ({ state }) => state === 'delivered')).toMatchObject({
      attempts: [{ status: 204, error: null }],
    });
  });

  it('goes only to those who want its type and its session, and frames’ results to none who did not ask', async () => {
    await start();
    const ofSession = await anotherReceiver();
    const ofResults = await anotherReceiver();
    await rig.service.create('owner', { url: receiver.url, eventTypes: ['game.*'] });
    await rig.service.create('owner', { url: ofSession.url, sessionId: 'sess_b' });
    await rig.service.create('owner', { url: ofResults.url, eventTypes: ['analysis'] });
    for (const sessionId of ['sess_a', 'sess_b']) {
      for (const type of ['analysis', 'game.kill', 'callout']) await rig.publish(type, sessionId);
    }
    const got = (from: WebhookReceiver): string[] =>
      from.received.map(({ body }) => {
        const { type, session_id } = JSON.parse(body) as { type: string; session_id: string };
        return `${session_id} ${type}`;
      });
    await until(() => [receiver, ofSession, ofResults].every(({ received }) => received.length === 2));
    expect(got(receiver).sort()).toEqual(['sess_a game.kill', 'sess_b game.kill']);
    expect(got(ofSession)).toEqual(['sess_b game.kill', 'sess_b callout']);
    expect(got(ofResults).sort()).toEqual(['sess_a analysis', 'sess_b analysis']);
  });

  it('keeps the order of a session’s events, while sessions do not wait for each other', async () => {
    await start();
    const held: (() => void)[] = [];
    receiver.behave = (reply, { body }) => {
      const answer = (): void => void reply.writeHead(200).end();
      if (body.includes('"sess_slow"')) held.push(answer);
      else answer();
    };
    await rig.service.create('owner', { url: receiver.url });
    for (let n = 0; n < 6; n++) {
      await rig.publish('game.kill', 'sess_slow', { n });
      await rig.publish('game.kill', 'sess_fast', { n });
    }
    const numbers = (sessionId: string): number[] =>
      receiver.received
        .map(({ body }) => JSON.parse(body) as { session_id: string; data: { n: number } })
        .filter(({ session_id }) => session_id === sessionId)
        .map(({ data }) => data.n);
    await until(() => numbers('sess_fast').length === 6);
    expect(numbers('sess_slow')).toEqual([0]);
    expect(numbers('sess_fast')).toEqual([0, 1, 2, 3, 4, 5]);
    for (let n = 1; n <= 6; n++) {
      await until(() => held.length >= n);
      held[n - 1]?.();
    }
    await until(() => numbers('sess_slow').length === 6);
    expect(numbers('sess_slow')).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('a receiver that fails', () => {
  it('gets the event again by the schedule, under the same id, until it takes it', async () => {
    await start();
    receiver.behave = (reply, _, index) => reply.writeHead(index < 2 ? 500 : 200).end();
    const webhook = await rig.service.create('owner', { url: receiver.url });
    const event = await rig.publish();
    const first = await deliveryBecomes(webhook.id, ({ tries }) => tries === 1);
    expect(first.nextAttemptAt).toBe(first.createdAt + 5);
    const second = await deliveryBecomes(webhook.id, ({ tries }) => tries === 2, 250);
    expect(second.attempts[1]?.at).toBeGreaterThanOrEqual(first.createdAt + 5);
    expect(second.nextAttemptAt).toBeGreaterThanOrEqual(first.createdAt + 65);
    const delivered = await deliveryBecomes(webhook.id, ({ state }) => state === 'delivered', 250);
    expect(delivered.attempts.map(({ status, error }) => [status, error])).toEqual([
      [500, 'http_status'],
      [500, 'http_status'],
      [200, null],
    ]);
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual(Array(3).fill(event.event_id));
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(3);
    expect(receiver.received.every((each) => isSignedBy(webhook.secret, each))).toBe(true);
  });

  it('has its event among the dead letters after the last attempt, from where it can be sent again', async () => {
    await start();
    receiver.behave = (reply) => reply.writeHead(503).end();
    const webhook = await rig.service.create('owner', { url: receiver.url });
    await rig.publish();
    const lost = await deliveryBecomes(webhook.id, ({ state }) => state === 'dead', 250);
    expect(lost.attempts).toHaveLength(3);
    expect(lost).toMatchObject({ reason: 'attempts_exhausted', nextAttemptAt: null });
    expect(await rig.service.deliveries({ state: 'dead' }, 10)).toEqual([lost]);
    receiver.behave = (reply) => reply.writeHead(200).end();
    await rig.service.redeliver(webhook.id, lost.id);
    const again = await deliveryBecomes(webhook.id, ({ state }) => state === 'delivered');
    expect(again.attempts).toHaveLength(4);
    expect(await rig.service.deliveries({ state: 'dead' }, 10)).toEqual([]);
  });

  it('may ask for a longer wait', async () => {
    await start();
    receiver.behave = (reply) => reply.writeHead(429, { 'retry-after': '3000' }).end();
    const webhook = await rig.service.create('owner', { url: receiver.url });
    await rig.publish();
    const { nextAttemptAt, attempts } = await deliveryBecomes(webhook.id, ({ tries }) => tries === 1);
    expect((nextAttemptAt ?? 0) - (attempts[0]?.at ?? 0)).toBeCloseTo(3000, 1);
  });

  it('that answers 410 is turned off with all that waits for it', async () => {
    await start();
    const bystander = await anotherReceiver();
    receiver.behave = (reply, _, index) => reply.writeHead(index === 0 ? 500 : 410).end();
    const webhook = await rig.service.create('owner', { url: receiver.url });
    await rig.service.create('owner', { url: bystander.url });
    await rig.publish('game.kill', 'sess_a');
    await deliveryBecomes(webhook.id, ({ tries }) => tries === 1);
    await rig.publish('game.kill', 'sess_b');
    await until(() => !rig.service.get(webhook.id).isEnabled);
    expect(rig.service.get(webhook.id).disabledReason).toBe('gone');
    await deliveryBecomes(webhook.id, ({ state }) => state === 'dead');
    await rig.publish('game.kill', 'sess_c');
    await until(() => bystander.received.length === 3);
    for (let minute = 0; minute < 60; minute++) {
      rig.clock.advance(60_000);
      await theDelivery(webhook.id);
    }
    expect(receiver.received).toHaveLength(2);
    const deliveries = await rig.service.deliveries({ webhookId: webhook.id }, 10);
    expect(deliveries.map(({ state, reason }) => `${state} ${reason}`)).toEqual(['dead gone', 'dead gone']);
  });

  it('that hangs is given up after the time-out, and holds up nobody else', async () => {
    await start();
    const bystander = await anotherReceiver();
    receiver.behave = () => {};
    const webhook = await rig.service.create('owner', { url: receiver.url });
    await rig.service.create('owner', { url: bystander.url });
    for (let n = 0; n < 20; n++) await rig.publish('game.kill', `sess_${n}`);
    await until(() => bystander.received.length === 20 && receiver.received.length === 4);
    rig.clock.advance(9_900);
    const waiting = await rig.service.deliveries({ webhookId: webhook.id }, 50);
    expect(waiting.every(({ tries }) => tries === 0)).toBe(true);
    rig.clock.advance(200);
    await until(() => receiver.received.length === 8);
    const timedOut = (await rig.service.deliveries({ webhookId: webhook.id }, 50)).filter(({ tries }) => tries === 1);
    expect(timedOut.map(({ attempts }) => attempts[0]?.error)).toEqual(Array(4).fill('timeout'));
  });

  it('that answers without end is read no further than needed', async () => {
    await start();
    let sent = 0;
    let isCut = false;
    receiver.behave = (reply) => {
      reply.writeHead(200).on('close', () => (isCut = true));
      const pour = (): void => {
        while (!reply.destroyed && reply.write(Buffer.alloc(16_384))) sent += 16_384;
      };
      reply.on('drain', pour);
      pour();
    };
    const webhook = await rig.service.create('owner', { url: receiver.url });
    await rig.publish();
    await deliveryBecomes(webhook.id, ({ state }) => state === 'delivered');
    await until(() => isCut);
    expect(sent).toBeLessThan(8_000_000);
  });
});

describe('a stop of the server', () => {
  it('loses nothing: what was not delivered goes out at the next start', async () => {
    await start();
    receiver.behave = () => {};
    const webhook = await rig.service.create('owner', { url: receiver.url });
    const events = [await rig.publish('game.kill', 'sess_a'), await rig.publish('game.kill', 'sess_b')];
    await until(() => receiver.received.length === 2);
    await rig.stop();
    const receivedBefore = receiver.received.length;
    receiver.behave = (reply) => reply.writeHead(200).end();
    await start();
    await until(() => receiver.received.length === receivedBefore + 2);
    const ids = receiver.received.slice(receivedBefore).map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids)).toEqual(new Set(events.map(({ event_id }) => event_id)));
    expect(rig.service.get(webhook.id)).toEqual(webhook);
  });

  it('has room again when what waited for it is deleted with its player', async () => {
    await start({ settings: { pendingPerWebhookMax: 2 } });
    receiver.behave = (reply) => reply.writeHead(500).end();
    const webhook = await rig.service.create('owner', { url: receiver.url });
    for (let i = 0; i < 3; i++) await rig.publish('game.kill', 'sess_a');
    const deliveries = () => rig.service.deliveries({ webhookId: webhook.id }, 10);
    await until(() => receiver.received.length === 1);
    expect(await deliveries()).toHaveLength(2);
    const request = { userId: 'ann', owner: null, sessionIds: ['sess_a'] };
    expect(await rig.erasers.erase(request)).toEqual({ webhook_deliveries: 2 });
    await rig.publish('game.kill', 'sess_b');
    expect((await deliveries()).map(({ sessionId }) => sessionId)).toEqual(['sess_b']);
  });

  it('leaves no timer behind', async () => {
    await start();
    receiver.behave = (reply) => reply.writeHead(500).end();
    const webhook = await rig.service.create('owner', { url: receiver.url });
    await rig.publish();
    await deliveryBecomes(webhook.id, ({ tries }) => tries === 1);
    await rig.stop();
    expect(rig.clock.pending).toBe(0);
  });
});
