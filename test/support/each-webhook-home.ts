import { afterEach, beforeAll, beforeEach } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { sqliteTestDatabase, WebhookReceiver, type TestDatabase } from '@jiga/testing';

import type { WebhookRig } from './webhook-rig.js';

/**
 * Gives each test of a file a database and a receiver of its own, without the server's log.
 * @param started what the test ran with them, which is stopped before they go
 */
export function eachWebhookHome(
  use: (home: TestDatabase, receiver: WebhookReceiver) => void,
  started: () => WebhookRig,
): void {
  let home: TestDatabase;
  let receiver: WebhookReceiver;
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    home = await sqliteTestDatabase();
    receiver = await WebhookReceiver.listen();
    use(home, receiver);
  });
  afterEach(async () => {
    await started().stop();
    await receiver.close();
    await home.remove();
  });
}
