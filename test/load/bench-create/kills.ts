import { setTimeout as delay } from 'node:timers/promises';

import type { Api } from './api.js';

/** Latest moment after the request for a session at which somebody ends it: creating one takes about as long. */
const LATEST_MS = 30;
const SOCKETS = ['streamDirectVideo', 'events/stream', 'events/stream'] as const;

/** How a session is ended while it is being made. */
export const KILLS = {
  /** Somebody finds it in the list as soon as it is there, and closes it. */
  'found and closed': async (api: Api, userId: string, made: Promise<string>) => {
    await delay(Math.random() * LATEST_MS);
    for (const id of await api.sessionsOf(userId)) await api.close(id);
    await api.close(await made);
  },
  /** All data of its player is deleted. */
  'player deleted': async (api: Api, userId: string, made: Promise<string>) => {
    const erase = () => api.call('DELETE', `/users/${userId}/data`);
    await delay(Math.random() * LATEST_MS);
    await erase();
    await made;
    await erase();
  },
  /** Its client closes it at any moment after the answer, while its sockets are being opened. */
  'closed by its client': async (api: Api, _userId: string, made: Promise<string>) => {
    const id = await made;
    await delay(Math.random() * LATEST_MS);
    await api.close(id);
  },
} as const;

/** Makes a session, opens sockets as soon as it is known, and ends it as told. Resolves when the sockets have closed. */
export async function createAndKill(api: Api, userId: string, kill: keyof typeof KILLS): Promise<void> {
  const sockets: Promise<void>[] = [];
  const made = api.create(userId).then((id) => {
    for (const path of SOCKETS) sockets.push(api.socket(id, path));
    return id;
  });
  await KILLS[kill](api, userId, made);
  await Promise.all(sockets);
}

/** Gives the request up at any moment while it runs; whoever repeats it with its key gets the session, and closes it. */
export async function abandonAndRepeat(api: Api, userId: string): Promise<void> {
  const abort = new AbortController();
  const first = api.create(userId, userId, abort.signal).catch(() => {});
  await delay(Math.random() * LATEST_MS);
  abort.abort();
  await first;
  await api.close(await api.create(userId, userId));
  const others = await api.sessionsOf(userId);
  if (others.length > 1) throw new Error(`One key made ${others.length} sessions`);
}
