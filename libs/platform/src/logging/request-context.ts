import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line of a request or a connection carries. `sessionId` is filled in once it is known. */
export interface RequestContext {
  readonly requestId: string;
  sessionId?: string;
  connectionId?: string;
  credentialId?: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `task` (and all that it starts) with this context on its log lines. */
export const runInContext = <T>(context: RequestContext, task: () => T): T => storage.run(context, task);

export const currentContext = (): RequestContext | undefined => storage.getStore();

/** Names the session that the current request is about, for its log lines. */
export function noteSession(sessionId: string): void {
  const context = storage.getStore();
  if (context) context.sessionId = sessionId;
}
