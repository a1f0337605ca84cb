/** The part of the WebSocket interface in use; the global one of browsers and Node ≥ 22 and that of `ws` have it. */
export interface WebSocketLike {
  binaryType: string;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
  addEventListener(type: 'error', listener: (event: unknown) => void): void;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

export interface SocketHandlers {
  /** `bytes` came behind the JSON of a binary message. */
  message(message: Readonly<Record<string, unknown>>, bytes?: Uint8Array): void;
  closed(code: number, reason: string): void;
}

/** Opens a socket whose messages are JSON objects, perhaps with bytes behind them; `closed` is called exactly once, also when it never opened. */
export function openSocket(
  Constructor: WebSocketConstructor,
  url: string,
  credential: string | undefined,
  handlers: SocketHandlers,
): WebSocketLike {
  // A browser cannot set headers on a WebSocket, so the credential travels as a subprotocol.
  const socket = new Constructor(url, credential === undefined ? ['jiga.v1'] : ['jiga.v1', `bearer.${credential}`]);
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('message', (event) => {
    if (event.data instanceof ArrayBuffer) {
      const { json, bytes } = splitBinary(event.data);
      const message = parseObject(json);
      if (message) handlers.message(message, bytes);
      return;
    }
    const message = parseObject(event.data);
    if (message) handlers.message(message);
  });
  // An `error` is always followed by a `close` that says more; without a listener `ws` would throw it.
  socket.addEventListener('error', () => undefined);
  socket.addEventListener('close', (event) => handlers.closed(event.code, event.reason));
  return socket;
}

/** 4 bytes of big-endian length, the JSON, the bytes. */
function splitBinary(data: ArrayBuffer): { readonly json: string; readonly bytes: Uint8Array } {
  const length = data.byteLength < 4 ? 0 : new DataView(data).getUint32(0);
  const end = Math.min(4 + length, data.byteLength);
  return { json: new TextDecoder().decode(data.slice(4, end)), bytes: new Uint8Array(data, end) };
}

function parseObject(data: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
