import type { StreamFrame, StreamSink } from '@jiga/streams';

import type { SelfConnection, ServerMessage } from '../auto-connect/self-connection.js';

/** With so much unsent, the socket is the bottleneck. */
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
 * Sends the frames of a stream through the server's own high-speed socket, each when the one before was answered: the frames
 * of a segment come all at once, and those that come while the HUD of another is being read would only be glanced at.
 * While there is no room, or no connection, it holds the stream back, which then drops its oldest frames itself.
 */
export class HighSpeedSink implements StreamSink {
  /** The frame that was sent and not answered yet. */
  #underWay: string | null = null;
  #sent = 0;
  #wake: () => void = () => {};

  constructor(private readonly deps: HighSpeedSinkDeps) {
    deps.signal.addEventListener('abort', () => this.#wake(), { once: true });
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

  /** When the last frame was answered, or lost. */
  readonly whenDone = async (): Promise<void> => {
    while (this.#underWay !== null && !this.deps.signal.aborted) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  };

  /** What the server says on the connection. */
  readonly onMessage = ({ request_id: id }: ServerMessage): void => {
    if (id !== undefined && id === this.#underWay) this.#underWay = null;
    this.#wake();
  };

  readonly onChange = (isConnected: boolean): void => {
    if (!isConnected) {
      if (this.#underWay !== null) this.deps.onLost(1);
      this.#underWay = null;
    }
    this.#wake();
  };

  get #hasRoom(): boolean {
    const { connection } = this.deps;
    return connection.isConnected && this.#underWay === null && connection.bufferedBytes < UNSENT_MAX_BYTES;
  }

  #send({ jpeg, capturedAt }: StreamFrame): void {
    const { connection, source, channel } = this.deps;
    const id = `s${++this.#sent}`;
    const header = { type: 'analyze_frame', request_id: id, timestamp: capturedAt, source, channel };
    if (connection.send(encodeBinary(header, jpeg))) this.#underWay = id;
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
