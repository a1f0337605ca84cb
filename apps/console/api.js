// The API as the console uses it: calls, and one socket that is made again when it breaks.
const BASE = new URL('api/v1/jiga/', document.baseURI);
const KEY = 'jiga.key';
/** Done, refused, unauthenticated, forbidden, no session, ended: trying again cannot help. */
const FINAL_CODES = new Set([1000, 1008, 4401, 4403, 4404, 4409]);
const RETRY_MS = 2000;

export const key = {
  get: () => sessionStorage.getItem(KEY),
  set: (value) => sessionStorage.setItem(KEY, value),
  forget: () => sessionStorage.removeItem(KEY),
};

/** Calls a route below the base path; resolves to its JSON, rejects with what the problem document says. */
export async function call(method, path, body) {
  const response = await fetch(new URL(path, BASE), {
    method,
    headers: { authorization: `Bearer ${key.get()}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  throw Object.assign(new Error(answer.detail ?? answer.title ?? `HTTP ${response.status}`), { code: answer.code });
}

/**
 * Opens `path` and hands on each message. `query` is asked anew at each attempt; `onState` gets `connected`, `reconnecting`
 * or why it is over. Returns what sends a message (false while there is no connection) and what ends it.
 */
export function connect(path, { query = () => '', onMessage, onState }) {
  const over = new AbortController();
  const { signal } = over;
  let socket;
  let timer;
  let fault = '';
  const receive = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === 'error') fault = message.message;
    else if (message.seq === 1) onState('connected');
    onMessage(message);
  };
  const closed = ({ code, reason }) => {
    const isFinal = FINAL_CODES.has(code);
    if (!isFinal) timer = setTimeout(open, RETRY_MS);
    onState(isFinal ? fault || reason || 'the connection has ended' : 'reconnecting');
  };
  const open = () => {
    const url = new URL(path + query(), BASE);
    url.protocol = url.protocol.replace('http', 'ws');
    socket = new WebSocket(url, ['jiga.v1', `bearer.${key.get()}`]);
    socket.addEventListener('message', receive, { signal });
    socket.addEventListener('close', closed, { signal });
  };
  open();
  return {
    send: (message) => socket.readyState === WebSocket.OPEN && (socket.send(JSON.stringify(message)), true),
    close() {
      over.abort();
      clearTimeout(timer);
      socket.close(1000);
    },
  };
}
