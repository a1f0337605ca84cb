import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { VirtualClock } from '@jiga/testing';

import { AudioConnection, type AudioOptions } from './audio-connection.js';
import type { JigaError } from './jiga-error.js';
import type { ConnectionState } from './types.js';

type Listener = (event: never) => void;

/** A socket whose other side is the test. */
class FakeSocket {
  static readonly opened: FakeSocket[] = [];
  binaryType = '';
  readonly sent: (string | Uint8Array)[] = [];
  readonly #listeners = new Map<string, Listener>();

  constructor() {
    FakeSocket.opened.push(this);
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, listener);
  }
  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }
  close(): void {}

  says(message: object): void {
    this.#listeners.get('message')?.({ data: JSON.stringify(message) } as never);
  }
  breaks(code = 1006): void {
    this.#listeners.get('close')?.({ code, reason: '' } as never);
  }
  get told(): unknown[] {
    return this.sent.filter((data) => typeof data === 'string').map((data) => JSON.parse(data) as unknown);
  }
}

const WELCOME = { type: 'connected', session_id: 'sess_1' };

describe('AudioConnection', () => {
  let clock: VirtualClock;
  let audio: AudioConnection;
  let states: ConnectionState[];
  let errors: JigaError[];

  const open = (options: AudioOptions = {}): void => {
    audio = new AudioConnection({ url: 'ws://server/audio', credential: 'key', WebSocket: FakeSocket, clock }, options);
    audio.on('state', (state) => states.push(state));
    audio.on('error', (error) => errors.push(error));
  };
  /** The newest socket, accepted by the server. */
  const accepted = (): FakeSocket => {
    const socket = FakeSocket.opened.at(-1);
    if (!socket) throw new Error('no socket was opened');
    socket.says(WELCOME);
    return socket;
  };
  const connected = async (): Promise<FakeSocket> => {
    const connecting = audio.connect();
    const socket = accepted();
    await connecting;
    return socket;
  };

  beforeEach(() => {
    clock = new VirtualClock();
    FakeSocket.opened.length = 0;
    [states, errors] = [[], []];
  });
  afterEach(() => {
    audio.close();
    audio.close();
    expect(clock.pending).toBe(0);
  });

  it('comes back when the socket breaks, and tells again what its sound is', async () => {
    open({ sampleRate: 48_000, channels: 2 });
    const first = await connected();
    audio.configure({ channels: 1 });
    first.breaks();
    clock.advance(400);
    const second = accepted();
    expect(second).not.toBe(first);
    expect(states).toEqual(['connecting', 'open', 'reconnecting', 'open']);
    expect(second.told).toEqual([{ type: 'configure', sample_rate: 48_000, channels: 1 }]);
  });

  it('keeps no sound while it is away: it would come too late', async () => {
    open();
    const first = await connected();
    expect(audio.sendPcm(Float32Array.of(1, -1))).toBe(true);
    first.breaks();
    expect([audio.sendPcm(Float32Array.of(1)), audio.commit(), audio.say('hello')]).toEqual([false, false, false]);
    clock.advance(400);
    const second = accepted();
    expect(first.sent).toEqual([Uint8Array.of(0xff, 0x7f, 0x01, 0x80)]);
    expect(second.sent).toEqual([]);
    expect(audio.sendPcm(Int16Array.of(1))).toBe(true);
  });

  it('hears on the new socket what it listened for on the old', async () => {
    open();
    const heard: string[] = [];
    audio.on('transcript', ({ text }) => heard.push(text));
    const first = await connected();
    first.says({ type: 'transcript', text: 'one' });
    first.breaks();
    clock.advance(400);
    accepted().says({ type: 'transcript', text: 'two' });
    expect(heard).toEqual(['one', 'two']);
  });

  it('gives up after so many attempts, and says why', async () => {
    open({ maxAttempts: 3 });
    (await connected()).breaks();
    for (let attempt = 0; attempt < 5; attempt++) {
      clock.advance(20_000);
      FakeSocket.opened.at(-1)?.breaks();
    }
    expect(FakeSocket.opened).toHaveLength(3);
    expect([audio.state, errors.map(({ code }) => code)]).toEqual(['closed', ['client_disconnected']]);
  });

  it.each([4401, 4404, 1000])('does not come back after %d', async (code) => {
    open();
    (await connected()).breaks(code);
    clock.advance(60_000);
    expect([FakeSocket.opened.length, audio.state]).toEqual([1, 'closed']);
  });
});
