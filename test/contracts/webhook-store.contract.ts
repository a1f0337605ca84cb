import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { newId } from '@jiga/contracts';
import type { MakeTestDatabase, TestDatabase } from '@jiga/testing';
import { WEBHOOK_MIGRATIONS, KyselyWebhookStore, type Delivery, type Webhook } from '@jiga/webhooks';

const NOW = 1_700_000_000.5;
let position = 0;

const webhookNamed = (id: string, changes: Partial<Webhook> = {}): Webhook => ({
  id,
  owner: 'owner',
  url: 'https://example.com/',
  description: null,
  eventTypes: ['game.*'],
  sessionId: null,
  isEnabled: true,
  disabledReason: null,
  secret: 'whsec_AAAA',
  previousSecret: null,
  createdAt: NOW,
  updatedAt: NOW,
  ...changes,
});

const deliveryTo = (webhookId: string, changes: Partial<Delivery> = {}): Delivery => ({
  id: newId('delivery'),
  position: ++position,
  webhookId,
  eventId: newId('event'),
  eventType: 'game.kill',
  sessionId: null,
  body: '{"ключ":"ü"}',
  state: 'pending',
  reason: null,
  tries: 0,
  attempts: [],
  nextAttemptAt: NOW,
  createdAt: NOW,
  finishedAt: null,
  ...changes,
});

const claimOf = (webhookId: string, now = NOW) => ({ webhookId, now, until: now + 30, exceptSessions: [] });

/** What every store of webhooks must do alike. */
export function webhookStoreContract(name: string, make: MakeTestDatabase): void {
  describe(`Webhook store on ${name}`, () => {
    let home: TestDatabase;
    let store: KyselyWebhookStore;

    beforeEach(async () => {
      home = await make();
      const database = await home.open();
      await database.migrate(WEBHOOK_MIGRATIONS);
      store = new KyselyWebhookStore(database);
      await store.insert(webhookNamed('whk_a'));
      await store.insert(webhookNamed('whk_b', { createdAt: NOW + 1 }));
    });
    afterEach(() => home.remove());

    it('gives webhooks back as they were written', async () => {
      const webhook = webhookNamed('whk_c', {
        description: 'ключ',
        sessionId: 'sess_1',
        isEnabled: false,
        disabledReason: 'gone',
        previousSecret: { secret: 'whsec_BBBB', until: NOW + 0.25 },
        createdAt: NOW + 2,
      });
      await store.insert(webhook);
      expect(await store.find('whk_c')).toEqual(webhook);
      await store.update({ ...webhook, previousSecret: null, isEnabled: true });
      expect((await store.list()).map(({ id, isEnabled }) => [id, isEnabled])).toEqual([
        ['whk_a', true],
        ['whk_b', true],
        ['whk_c', true],
      ]);
    });

    it('gives each delivery to one taker alone, the oldest first', async () => {
      const deliveries = Array.from({ length: 30 }, () => deliveryTo('whk_a'));
      await store.addDeliveries([...deliveries].reverse());
      const taken = await Promise.all(Array.from({ length: 60 }, () => store.claim(claimOf('whk_a'))));
      const ids = taken.flatMap((delivery) => (delivery ? [delivery.id] : []));
      expect(new Set(ids).size).toBe(ids.length);
      for (let rest = await store.claim(claimOf('whk_a')); rest; rest = await store.claim(claimOf('whk_a'))) {
        ids.push(rest.id);
      }
      expect(ids.sort()).toEqual(deliveries.map(({ id }) => id).sort());
    });

    it('keeps once what is written again because the answer to the first time was lost', async () => {
      const delivery = deliveryTo('whk_a');
      await store.addDeliveries([delivery]);
      const delivered: Delivery = { ...delivery, state: 'delivered', nextAttemptAt: null, finishedAt: NOW };
      await store.settle(delivered);
      const next = deliveryTo('whk_a');
      await store.addDeliveries([delivery, next]);
      expect(await store.listDeliveries({}, 10)).toEqual([next, delivered]);
    });

    it('gives the oldest that is due and of no excepted session', async () => {
      const later = deliveryTo('whk_a', { nextAttemptAt: NOW + 10 });
      const ofBusySession = deliveryTo('whk_a', { sessionId: 'sess_busy' });
      const wanted = deliveryTo('whk_a', { sessionId: 'sess_free' });
      const ofOther = deliveryTo('whk_b');
      await store.addDeliveries([later, ofBusySession, wanted, ofOther]);
      const claim = { ...claimOf('whk_a'), exceptSessions: ['sess_busy'] };
      expect(await store.claim(claim)).toEqual(wanted);
      expect(await store.claim(claim)).toBeNull();
    });

    it('lets others take what its taker has not settled in time', async () => {
      const delivery = deliveryTo('whk_a');
      await store.addDeliveries([delivery]);
      await store.claim(claimOf('whk_a'));
      expect(await store.nextDueAt('whk_a')).toBe(NOW + 30);
      expect(await store.claim(claimOf('whk_a', NOW + 29))).toBeNull();
      expect(await store.claim(claimOf('whk_a', NOW + 30))).toEqual(delivery);
    });

    it('keeps what became of a delivery', async () => {
      const delivery = deliveryTo('whk_a');
      await store.addDeliveries([delivery, deliveryTo('whk_b')]);
      await store.claim(claimOf('whk_a'));
      const attempts = [{ at: NOW, status: null, error: 'timeout' as const, durationMs: 10_000.5 }];
      const retried: Delivery = { ...delivery, tries: 1, attempts, nextAttemptAt: NOW + 5 };
      await store.settle(retried);
      expect(await store.findDelivery('whk_a', delivery.id)).toEqual(retried);
      expect(await store.findDelivery('whk_b', delivery.id)).toBeNull();
      expect(await store.nextDueAt('whk_a')).toBe(NOW + 5);
      expect(Object.fromEntries(await store.countPending())).toEqual({ whk_a: 1, whk_b: 1 });
    });

    it('tells what ceases to be pending, and makes nothing pending again but what is sent again', async () => {
      const delivery = deliveryTo('whk_a');
      const delivered: Delivery = { ...delivery, state: 'delivered', nextAttemptAt: null, finishedAt: NOW };
      const state = async () => (await store.findDelivery('whk_a', delivery.id))?.state;
      await store.addDeliveries([delivery]);
      expect(await store.settle(delivery)).toBe(false);
      await store.buryPending('whk_a', 'gone', NOW);
      expect([await store.settle(delivery), await state()]).toEqual([false, 'dead']);
      expect([await store.settle(delivered), await state()]).toEqual([false, 'delivered']);
      await store.requeue(delivery);
      expect(await state()).toBe('pending');
      expect([await store.settle(delivered), await state()]).toEqual([true, 'delivered']);
      expect(await store.settle(deliveryTo('whk_a', { state: 'dead' }))).toBe(false);
    });

    it('pages through deliveries, newest first', async () => {
      const deliveries = Array.from({ length: 5 }, (_, n) =>
        deliveryTo('whk_a', { state: n % 2 ? 'dead' : 'pending' }),
      );
      await store.addDeliveries(deliveries);
      const positions = deliveries.map((delivery) => delivery.position).reverse();
      const page = await store.listDeliveries({ webhookId: 'whk_a' }, 3);
      const rest = await store.listDeliveries({ webhookId: 'whk_a' }, 3, page.at(-1)?.position);
      expect([...page, ...rest].map((delivery) => delivery.position)).toEqual(positions);
      expect(await store.listDeliveries({ state: 'dead' }, 10)).toHaveLength(2);
    });

    it('buries, prunes and forgets', async () => {
      const kept = deliveryTo('whk_b', { sessionId: 'sess_b' });
      await store.addDeliveries([deliveryTo('whk_a'), deliveryTo('whk_a', { sessionId: 'sess_a' }), kept]);
      await store.buryPending('whk_a', 'gone', NOW + 1);
      const buried = await store.listDeliveries({ state: 'dead' }, 10);
      expect(buried.map(({ reason, finishedAt }) => `${reason} ${finishedAt}`)).toEqual(
        Array(2).fill(`gone ${NOW + 1}`),
      );
      expect(await store.forgetSessions(['sess_a'])).toBe(1);
      expect(await store.listDeliveries({ state: 'dead' }, 10)).toHaveLength(1);
      await store.prune(NOW + 2);
      expect(await store.listDeliveries({}, 10)).toEqual([kept]);
    });

    it('removes a webhook with all that is on its way to it', async () => {
      await store.addDeliveries([deliveryTo('whk_a'), deliveryTo('whk_b')]);
      await store.remove('whk_a');
      expect(await store.find('whk_a')).toBeNull();
      expect((await store.listDeliveries({}, 10)).map(({ webhookId }) => webhookId)).toEqual(['whk_b']);
    });
  });
}
