import { currentContext, type RequestContext } from '../logging/request-context.js';

/** On whose behalf the server works at the moment. */
export interface Caller {
  readonly credentialId: string;
  readonly remoteAddress: string;
}

/** Beside the context and not in it: an address belongs in the audit trail, not on every log line. */
const callers = new WeakMap<RequestContext, Caller>();

/** Notes who sent the request that is being answered. */
export function noteCaller(caller: Caller): void {
  const context = currentContext();
  if (!context) return;
  context.credentialId = caller.credentialId;
  callers.set(context, caller);
}

/** Who sent the request that is being answered; null outside of requests. */
export function currentCaller(): (Caller & { readonly requestId: string }) | null {
  const context = currentContext();
  const caller = context && callers.get(context);
  return caller ? { ...caller, requestId: context.requestId } : null;
}
