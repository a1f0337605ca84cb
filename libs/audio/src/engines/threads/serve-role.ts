import { AppError } from '@jiga/contracts';

import type { AudioRole, AudioThreadData, RoleMethods, ThreadFailure, ThreadReply, ThreadRequest } from './messages.js';

/** The way to whoever ordered the work. */
export interface RolePort {
  listen(take: (request: ThreadRequest) => void): void;
  /** Ends the thread. */
  end(): void;
  post(reply: ThreadReply, transfer: readonly ArrayBuffer[]): void;
}

/** Each role loads its own engines alone. */
const ROLES: Readonly<Record<AudioRole, (data: AudioThreadData) => Promise<RoleMethods>>> = {
  ears: async () => (await import('../front-end/ears.role.js')).loadEars(),
  commands: async () => (await import('../commands/commands.role.js')).loadCommands(),
  speech: async () => (await import('../speech/speech.role.js')).loadSpeech(),
  codec: async (data) => (await import('../codec/codec.role.js')).loadCodec(data),
  operator: async (data) => (await import('../operator/operator.role.js')).loadOperator(data),
};

/** Does the work of a role, one request after the other, as long as the port is open. */
export async function serveRole(data: AudioThreadData, port: RolePort): Promise<void> {
  const methods = await ROLES[data.role](data);
  const underWay = new Map<number, AbortController>();
  let last: Promise<void> = Promise.resolve();

  const answer = async (request: ThreadRequest & { type: 'do' }, signal: AbortSignal): Promise<void> => {
    const { id, method, argument } = request;
    try {
      signal.throwIfAborted();
      const work = methods[method];
      if (!work) throw new Error(`This thread has no ${method}`);
      const { value, transfer = [] } = await work(argument as never, signal);
      if (id !== null) port.post({ type: 'done', id, value }, transfer);
    } catch (error) {
      if (id !== null) port.post({ type: 'failed', id, failure: failureOf(error) }, []);
    } finally {
      if (id !== null) underWay.delete(id);
    }
  };
  // Only now: messages wait in the port until somebody listens.
  port.listen((request) => {
    if (request.type === 'cancel') {
      underWay.get(request.id)?.abort();
      return;
    }
    if (request.type === 'end') {
      for (const controller of underWay.values()) controller.abort();
      last = last.then(() => port.end());
      return;
    }
    const controller = new AbortController();
    if (request.id !== null) underWay.set(request.id, controller);
    last = last.then(() => answer(request, controller.signal));
  });
}

function failureOf(error: unknown): ThreadFailure {
  const code = error instanceof AppError ? error.code : null;
  const details = error instanceof AppError ? (error.options.details ?? null) : null;
  return { code, message: error instanceof Error ? error.message : String(error), details };
}
