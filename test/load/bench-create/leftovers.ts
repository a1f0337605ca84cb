import type { CancelTimer } from '@jiga/contracts';
import { CredentialWatch, Database, Metrics, SystemClock } from '@jiga/platform';
import { SessionsService } from '@jiga/sessions';

import type { JigaServer } from '../../../apps/server/src/create-server.js';

/** The machine's clock, with the number of timers that have neither fired nor been cancelled. */
export class CountingClock extends SystemClock {
  #open = 0;

  get open(): number {
    return this.#open;
  }

  override after(delayMs: number, task: () => void): CancelTimer {
    let end = (): void => {};
    const cancel = super.after(delayMs, () => {
      end();
      task();
    });
    end = this.#counted(cancel);
    return end;
  }

  override every(periodMs: number, task: () => void): CancelTimer {
    return this.#counted(super.every(periodMs, task));
  }

  #counted(cancel: CancelTimer): CancelTimer {
    this.#open++;
    let isOpen = true;
    return () => {
      if (isOpen) this.#open--;
      isOpen = false;
      cancel();
    };
  }
}

interface Tables {
  readonly sessions: { readonly id: string; readonly ended_at: number | null };
  readonly session_transitions: { readonly session_id: string };
  readonly session_events: { readonly session_id: string };
}

/** What the server holds for sessions, in memory, in the system and in the database. */
export async function holdings(server: JigaServer, clock: CountingClock): Promise<Readonly<Record<string, number>>> {
  const { app } = server;
  const db = app.get(Database).tables<Tables>();
  const orphans = async (table: 'session_transitions' | 'session_events'): Promise<number> => {
    const { count } = await db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('session_id', 'not in', (query) => query.selectFrom('sessions').select('id'))
      .executeTakeFirstOrThrow();
    return count;
  };
  const { count: openRows } = await db
    .selectFrom('sessions')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow();
  const system = process.getActiveResourcesInfo();
  return {
    live_sessions: app.get(SessionsService, { strict: false }).liveCount,
    sockets: Number(/^jiga_sockets_open (\d+)/m.exec(await exposed(server))?.[1] ?? Number.NaN),
    watched_credentials: app.get(CredentialWatch, { strict: false }).size,
    timers: clock.open,
    child_processes: system.filter((name) => name === 'ProcessWrap').length,
    worker_threads: system.filter((name) => name === 'Worker').length,
    open_rows: openRows,
    orphaned_transitions: await orphans('session_transitions'),
    orphaned_events: await orphans('session_events'),
  };
}

const exposed = (server: JigaServer): Promise<string> => server.app.get(Metrics, { strict: false }).expose();
