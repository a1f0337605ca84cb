/** A heartbeat is written by a client library and holds nothing else: what is longer need not be looked at. */
const LONGEST_BYTES = 256;

/** Whether a message is a `ping` with `heartbeat: true`: sent to see whether the connection lives, not to make use of it. */
export function isHeartbeat(data: Buffer, isBinary: boolean): boolean {
  if (isBinary || data.length > LONGEST_BYTES || !data.includes('"heartbeat"')) return false;
  try {
    const message = JSON.parse(data.toString('utf8')) as Readonly<Record<string, unknown>> | null;
    return message?.['type'] === 'ping' && message['heartbeat'] === true;
  } catch {
    return false;
  }
}
