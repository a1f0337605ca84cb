import { readdir, readFile } from 'node:fs/promises';

import type { ServerProcess } from '../../../apps/cli/src/server-process.js';
import { residentKib } from '../bench-flow/machine.js';

/** Bytes. */
export interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  /** Resident memory of the programs that the server runs. */
  readonly children: number;
}

/** Memory of a server as it tells it itself, and of its children, from Linux. */
export async function readMemory(server: ServerProcess): Promise<Memory> {
  const headers = { authorization: `Bearer ${server.apiKey}` };
  const text = await (await fetch(`${server.baseUrl}/metrics`, { headers })).text();
  const read = (kind: string): number =>
    Number(new RegExp(`^jiga_process_memory_bytes\\{kind="${kind}"\\} (\\S+)$`, 'm').exec(text)?.[1]);
  const children = (await childrenOf(server.pid)).reduce((sum, pid) => sum + (residentKib(pid) ?? 0) * 1024, 0);
  return {
    rss: read('rss'),
    heapUsed: read('heap_used'),
    external: read('external'),
    arrayBuffers: read('array_buffers'),
    children,
  };
}

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  return lists.flatMap((list) => list.split(' ').map(Number).filter(Boolean));
}
