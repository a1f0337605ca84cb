import type { Callout } from '@jiga/contracts';
import { JigaClient, type Session, type VideoConnection } from '@jiga/client';
import type { ClipSource } from './clip-source.js';
import { replay, type FrameRecord } from './replay.js';

export interface PlayOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly source: ClipSource;
  /** Profile id, or `auto`. */
  readonly game: string;
  /** More settings of the session, as `POST /sessions` takes them. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** See {@link replay}. */
  readonly speed: number | null;
  readonly signal?: AbortSignal;
  readonly onStart?: (session: Session, startUnixSeconds: number) => void;
  readonly onRecord?: (record: FrameRecord) => void;
  readonly onCallout?: (callout: Callout, receivedAtMs: number) => void;
  readonly onError?: (error: Error) => void;
  /** When the clip is over and the session still lives. */
  readonly beforeEnd?: () => Promise<void>;
}

export interface Played {
  readonly session: Session;
  readonly startUnixSeconds: number;
  readonly records: readonly FrameRecord[];
  readonly callouts: readonly { readonly callout: Callout; readonly receivedAtMs: number }[];
}

/** One session's life through the public API: create, play a clip into its video socket, delete. */
export async function playClip(options: PlayOptions): Promise<Played> {
  const client = new JigaClient({ baseUrl: options.baseUrl, apiKey: options.apiKey });
  const { game, settings } = options;
  const session = await client.createSession({ user_id: 'jiga-cli', high_speed_vision: true, game, ...settings });
  const connection = client.video(session);
  try {
    const callouts: { callout: Callout; receivedAtMs: number }[] = [];
    connection.on('callout', (callout) => {
      const receivedAtMs = Date.now();
      callouts.push({ callout, receivedAtMs });
      options.onCallout?.(callout, receivedAtMs);
    });
    connection.on('error', (error) => options.onError?.(error));
    await connection.connect();
    const played = await play(connection, session, options);
    await options.beforeEnd?.();
    return { session, callouts, ...played };
  } finally {
    connection.close();
    await client.deleteSession(session.session_id);
  }
}

async function play(
  connection: VideoConnection,
  session: Session,
  { source, speed, signal, onStart, onRecord }: PlayOptions,
): Promise<Pick<Played, 'startUnixSeconds' | 'records'>> {
  const frames = source.frames(signal)[Symbol.asyncIterator]();
  // The first picture is decoded before the clock starts, so that the decoder's start is no part of the play.
  const first = await frames.next();
  const startUnixSeconds = Date.now() / 1000;
  onStart?.(session, startUnixSeconds);
  const records = await replay(connection, startingWith(first, frames), {
    startUnixSeconds,
    speed,
    ...(signal ? { signal } : {}),
    ...(onRecord ? { onRecord } : {}),
  });
  return { startUnixSeconds, records };
}

async function* startingWith<T>(
  first: IteratorResult<T, unknown>,
  rest: AsyncIterator<T>,
): AsyncGenerator<T, void, undefined> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
