import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';

import { FakeAnalyzer, makePicture, VirtualClock } from '@jiga/testing';
import type { FakeAnalysis, SocketClient } from '@jiga/testing';

import { TestServer } from './start-test-server.js';

/** A session with an open socket past its welcome and credit. */
export interface HighSpeedSession {
  readonly client: SocketClient;
  readonly analysis: FakeAnalysis;
  readonly id: string;
}

/** A server on a virtual clock with vision that the test scripts, and high-speed sockets that end with each test. */
export class HighSpeedRig {
  readonly analyzer = new FakeAnalyzer();
  readonly clock = new VirtualClock();
  server!: TestServer;
  picture!: Buffer;
  /** The same, as text messages have it. */
  base64!: string;
  readonly #clients: SocketClient[] = [];

  /** For all tests of a file. */
  static forAll(): HighSpeedRig {
    const rig = new HighSpeedRig();
    beforeAll(() => rig.#start());
    beforeEach(() => {
      rig.analyzer.behaviour = 'now';
    });
    afterEach(() => Promise.all(rig.#clients.splice(0).map((client) => client.close())));
    afterAll(() => rig.server.stop());
    return rig;
  }

  async connect(sessionId: string): Promise<SocketClient> {
    const client = await this.server.connectHighSpeed(sessionId);
    this.#clients.push(client);
    return client;
  }

  async open(request: Readonly<Record<string, unknown>> = {}): Promise<HighSpeedSession> {
    const id = await this.server.createSession({ high_speed_vision: true, ...request });
    const client = await this.connect(id);
    await client.next();
    await client.next();
    return { client, analysis: this.analyzer.of(id), id };
  }

  async #start(): Promise<void> {
    this.server = await TestServer.start({ analyzer: this.analyzer, clock: this.clock });
    this.picture = await makePicture();
    this.base64 = this.picture.toString('base64');
  }
}
