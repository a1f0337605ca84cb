import { Logger } from '@nestjs/common';

import { VideoInputSource } from '@jiga/contracts';

import type { SourceControl, SourceStarter } from './source-starter.port.js';

/** Frames come from the client: nothing to fetch, but the operator's log says how a client connects. */
export class DirectScreenStarter implements SourceStarter {
  readonly source = VideoInputSource.DIRECT_SCREEN;
  readonly #log = new Logger(DirectScreenStarter.name);

  obstacle(): null {
    return null;
  }

  start({ session: { id, isHighSpeed } }: SourceControl): void {
    const path = `/api/v1/jiga/sessions/${id}`;
    const sockets = [`${path}/streamDirectVideo`, ...(isHighSpeed ? [`${path}/high-speed/stream`] : [])];
    this.#log.log('Session waits for frames on its sockets', { sessionId: id, sockets });
  }
}
