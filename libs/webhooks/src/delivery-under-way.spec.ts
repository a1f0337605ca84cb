import { describe, expect, it } from '@jest/globals';

import { turn, until, type TestDatabase, type WebhookReceiver } from '@jiga/testing';

import { eachWebhookHome } from '../../../test/support/each-webhook-home.js';
import { webhookRig, type WebhookRig } from '../../../test/support/webhook-rig.js';

let home: TestDatabase;
let rig: WebhookRig;
let receiver: WebhookReceiver;

eachWebhookHome(
  (...each) => ([home, receiver] = each),
  () => rig,
);

/** Counts the attempts whose outcome is written down. */
function countSettled(): () => number {
  const settle = rig.store.settle.bind(rig.store);
  let settled = 0;
  rig.store.settle = async (delivery) => {
    const isOver = await settle(delivery);
    settled++;
    return isOver;
  };
  return () => settled;
}

describe('a delivery that is under way', () => {
  it('is given up with all others when its webhook answers 410 meanwhile, and it fails', async () => {
    rig = await webhookRig(home);
    const settled = countSettled();
    let fail = (): void => {};
    receiver.behave = (reply, { body }) => {
      if (body.includes('"sess_slow"')) fail = () => void reply.writeHead(500).end();
      else reply.writeHead(410).end();
    };
    const webhook = await rig.service.create('owner', { url: receiver.url });
    const deliveries = () => rig.service.deliveries({ webhookId: webhook.id }, 10);
    await rig.publish('game.kill', 'sess_slow');
    await until(() => receiver.received.length === 1);
    await rig.publish('game.kill', 'sess_b');
    await until(() => !rig.service.get(webhook.id).isEnabled);
    while ((await deliveries()).some(({ state }) => state === 'pending')) await turn();
    fail();
    await until(() => settled() === 2);
    expect((await deliveries()).map(({ state, reason }) => `${state} ${reason}`)).toEqual(['dead gone', 'dead gone']);
  });

  it('is not taken off what waits a second time when it is deleted with its player meanwhile', async () => {
    rig = await webhookRig(home, { settings: { pendingPerWebhookMax: 1 } });
    const settled = countSettled();
    const held: (() => void)[] = [];
    receiver.behave = (reply) => void held.push(() => void reply.writeHead(200).end());
    const webhook = await rig.service.create('owner', { url: receiver.url });
    await rig.publish('game.kill', 'sess_a');
    await until(() => held.length === 1);
    await rig.erasers.erase({ userId: 'ann', owner: null, sessionIds: ['sess_a'] });
    await rig.publish('game.kill', 'sess_b');
    held[0]?.();
    await until(() => settled() === 1);
    await turn();
    await rig.publish('game.kill', 'sess_c');
    const deliveries = await rig.service.deliveries({ webhookId: webhook.id }, 10);
    expect(deliveries.map(({ sessionId }) => sessionId)).toEqual(['sess_b']);
  });
});
