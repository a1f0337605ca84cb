import type { StreamFrame, StreamSink } from '@jiga/streams';

import type { SelfConnection, ServerMessage } from '../auto-connect/self-connection.js';

/** Until the server says how many frames may be under way. */
const FIRST_CREDIT = 2;
/** With so much unsent, the socket is the bottleneck, whatever the credit says. */
const UNSENT_MAX_BYTES = 1024 * 1024;

export interface HighSpeedSinkDeps {
  readonly connection: Pick<SelfConnection, 'isConnected' | 'bufferedBytes' | 'send'>;
  readonly source: string;
  readonly channel: string | null;
  /** Frames whose answer was lost with the connection. */
  readonly onLost: (frames: number) => void;
  /** Aborted when the session ends. */
  readonly signal: AbortSignal;
}

/**
 * Sends the frames of a stream through the server's own high-speed socket, as many at once as the socket's credit allows.
 * While there is no room, or no connection, it holds the stream back, which then drops its oldest frames itself.
 */
export class HighSpeedSink implements StreamSink {
  readonly #underWay = new Set<string>();
  #credit = FIRST_CREDIT;
  #sent = 0;
  #wake: () => void = () => {};

  constructor(private readonly deps: HighSpeedSinkDeps) {
    deps.signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  /** Frames that were sent and not answered yet. */
  get underWay(): number {
    return this.#underWay.size;
  }

  readonly onFrames = async (frames: readonly StreamFrame[]): Promise<void> => {
    for (const frame of frames) {
      while (!this.#hasRoom) {
        if (this.deps.signal.aborted) return;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
      this.#send(frame);
    }
  };

  /** What the server says on the connection. */
  readonly onMessage = ({ type, request_id: id, max_in_flight: credit }: ServerMessage): void => {
    if (type === 'credit' && typeof credit === 'number') this.#credit = Math.max(1, credit);
    if (typeof id === 'string') this.#underWay.delete(id);
    this.#wake();
  };

  readonly onChange = (isConnected: boolean): void => {
    if (!isConnected) {
      if (this.#underWay.size > 0) this.deps.onLost(this.#underWay.size);
      this.#underWay.clear();
      this.#credit = FIRST_CREDIT;
    }
    this.#wake();
  };

  get #hasRoom(): boolean {
    const { connection } = this.deps;
    return connection.isConnected && this.#underWay.size < this.#credit && connection.bufferedBytes < UNSENT_MAX_BYTES;
  }

  #send({ jpeg, capturedAt }: StreamFrame): void {
    const { connection, source, channel } = this.deps;
    const id = `s${++this.#sent}`;
    const header = { type: 'analyze_frame', request_id: id, timestamp: capturedAt, source, channel };
    if (connection.send(encodeBinary(header, jpeg))) this.#underWay.add(id);
    else this.deps.onLost(1);
  }
}

/** See docs/protocol.md, binary messages. */
function encodeBinary(header: object, payload: Uint8Array): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([length, json, payload]);
}
