import { describe, expect, it } from '@jest/globals';

import { until, WebhookReceiver, type TestDatabase } from '@jiga/testing';

import { eachWebhookHome } from '../../../test/support/each-webhook-home.js';
import { webhookRig, type WebhookRig, type WebhookRigOptions } from '../../../test/support/webhook-rig.js';

let home: TestDatabase;
let rig: WebhookRig;
let receiver: WebhookReceiver;

eachWebhookHome(
  (...each) => ([home, receiver] = each),
  () => rig,
);

async function start(options?: WebhookRigOptions): Promise<void> {
  rig = await webhookRig(home, options);
}

describe('where a webhook may point', () => {
  it('refuses a public name with a private address when it is called', async () => {
    await start({ settings: { allowedHosts: [] }, resolve: () => resolvesTo('93.184.216.34', '127.0.0.1') });
    const webhook = await rig.service.create('owner', { url: `https://rebound.test:${receiver.port}/` });
    const delivery = await rig.service.test(webhook.id);
    expect(delivery).toMatchObject({ state: 'dead', attempts: [{ status: null, error: 'address_refused' }] });
    expect(receiver.received).toEqual([]);
  });

  it('connects to the address that was checked and looks the name up no second time', async () => {
    const lookedUp: string[] = [];
    const resolve = (host: string) => {
      lookedUp.push(host);
      return resolvesTo('127.0.0.1');
    };
    await start({ resolve });
    // Nobody else knows this name: a second look-up by the connection would fail.
    const webhook = await rig.service.create('owner', { url: `http://receiver.test:${receiver.port}/` });
    expect(await rig.service.test(webhook.id)).toMatchObject({ state: 'delivered' });
    expect(lookedUp).toEqual(['receiver.test']);
    expect(receiver.received[0]?.headers.host).toBe(`receiver.test:${receiver.port}`);
  });

  it('tells a name that is not there from a receiver that is down', async () => {
    const missing = Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
    await start({ resolve: () => Promise.reject(missing) });
    const named = await rig.service.create('owner', { url: 'http://receiver.test/' });
    const down = await rig.service.create('owner', { url: receiver.url });
    await receiver.close();
    expect(await rig.service.test(named.id)).toMatchObject({ attempts: [{ error: 'host_not_found' }] });
    expect(await rig.service.test(down.id)).toMatchObject({ attempts: [{ error: 'connection_failed' }] });
  });

  it('follows no redirect, whatever it points to', async () => {
    await start();
    const secret = await WebhookReceiver.listen();
    receiver.behave = (reply) => reply.writeHead(307, { location: secret.url }).end();
    const webhook = await rig.service.create('owner', { url: receiver.url });
    expect(await rig.service.test(webhook.id)).toMatchObject({ attempts: [{ status: 307, error: 'redirected' }] });
    expect(secret.received).toEqual([]);
    await secret.close();
  });

  it('does not wait for a look-up for ever', async () => {
    await start({ resolve: () => new Promise(() => {}) });
    const webhook = await rig.service.create('owner', { url: 'http://receiver.test/' });
    const testing = rig.service.test(webhook.id);
    let delivery: Awaited<typeof testing> | null = null;
    void testing.then((result) => (delivery = result));
    await until(() => {
      rig.clock.advance(100);
      return delivery !== null;
    });
    expect(delivery).toMatchObject({ attempts: [{ error: 'timeout' }] });
  });
});

describe('the secret', () => {
  it('can be changed: for a while both sign, then the new one alone', async () => {
    await start();
    const { id, secret } = await rig.service.create('owner', { url: receiver.url });
    const rotated = await rig.service.rotateSecret(id, 60);
    expect(rotated.secret).not.toBe(secret);
    await rig.service.test(id);
    rig.clock.advance(61_000);
    await rig.service.test(id);
    const signatures = receiver.received.map(({ headers }) => String(headers['webhook-signature']).split(' '));
    expect(signatures.map(({ length }) => length)).toEqual([2, 1]);
  });
});

describe('the bounds', () => {
  it('takes no more webhooks than configured', async () => {
    await start({ settings: { max: 1 } });
    await rig.service.create('owner', { url: receiver.url });
    await expect(rig.service.create('owner', { url: receiver.url })).rejects.toMatchObject({ code: 'webhook_limit' });
  });

  it('drops and counts events for a receiver that has too many waiting', async () => {
    await start({ settings: { pendingPerWebhookMax: 3 } });
    receiver.behave = () => {};
    const webhook = await rig.service.create('owner', { url: receiver.url });
    for (let n = 0; n < 5; n++) await rig.publish();
    expect(await rig.service.deliveries({ webhookId: webhook.id }, 10)).toHaveLength(3);
    expect(await rig.metrics.expose()).toContain('jiga_webhook_dropped_total{reason="too_many_pending"} 2');
  });

  it('forgets what was finished long ago', async () => {
    await start();
    const webhook = await rig.service.create('owner', { url: receiver.url });
    await rig.service.test(webhook.id);
    rig.clock.advance(3 * 3_600_000);
    let left = 1;
    for (let look = 0; left > 0 && look < 100; look++) {
      left = (await rig.service.deliveries({ webhookId: webhook.id }, 10)).length;
    }
    expect(left).toBe(0);
  });
});

const resolvesTo = (...addresses: string[]) => Promise.resolve(addresses.map((address) => ({ address, family: 4 })));
