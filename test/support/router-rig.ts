import type { CallAccounting, CallRefusal, CallResult, Capability, PlannedCall } from '@jiga/contracts';
import { FakePorts, turn, VirtualClock } from '@jiga/testing';

import { HealthBoard } from '../../libs/providers/src/health-board.js';
import { LOCAL_PROVIDER } from '../../libs/providers/src/local.provider.js';
import type { ReplyPart } from '../../libs/providers/src/ports/index.js';
import { ProviderRegistry } from '../../libs/providers/src/provider.registry.js';
import { Breakers } from '../../libs/providers/src/routing/breakers.js';
import { ProviderRouter, type RoutedCall } from '../../libs/providers/src/routing/provider.router.js';

export const ALL: readonly Capability[] = ['vision', 'transcription', 'reply', 'speech'];

/** Keeps what it was asked and told. */
export class Accounts implements CallAccounting {
  readonly planned: PlannedCall[] = [];
  readonly settled: CallResult[] = [];
  /** Of remote calls. */
  refuse: (call: PlannedCall) => CallRefusal | null = () => null;
  released = 0;

  reserve(call: PlannedCall) {
    this.planned.push(call);
    const refusal = call.isRemote ? this.refuse(call) : null;
    if (refusal) return { grant: null, refusal };
    const grant = {
      settle: (result: CallResult) => void this.settled.push(result),
      release: () => void this.released++,
    };
    return { grant, refusal: null };
  }
}

const NO_SPAN = {
  set: () => {},
  fail: () => {},
  end: () => {},
  traceparent: null,
  run: <T>(task: () => T): T => task(),
};

/** A router over three fakes with a model `m` each: two services, `first` and `second`, and one on this machine, `here`. */
export class RouterRig {
  readonly clock = new VirtualClock();
  readonly accounts = new Accounts();
  readonly registry = new ProviderRegistry();
  readonly ports = { first: new FakePorts(), second: new FakePorts(), here: new FakePorts() };
  /** What the figures were told. */
  readonly counted: string[] = [];
  readonly abort = new AbortController();
  readonly board: HealthBoard;
  readonly router: ProviderRouter;

  /** @param withPictures ids of providers whose model takes a picture with a question */
  constructor(withPictures: readonly string[] = []) {
    this.registry.add(LOCAL_PROVIDER);
    const models = Object.fromEntries(ALL.map((capability) => [capability, ['m']]));
    const health = () => ({ state: 'ok' as const, detail: null });
    for (const [id, fake] of Object.entries(this.ports)) {
      const ports = { vision: fake, transcription: fake, reply: fake, speech: fake };
      const pictureModels = withPictures.includes(id) ? ['m'] : [];
      this.registry.add({ id, name: id, isRemote: id !== 'here', models, pictureModels, ports, health });
    }
    const breakers = new Breakers(this.clock);
    this.board = new HealthBoard(this.registry, breakers, this.clock);
    this.router = new ProviderRouter({
      registry: this.registry,
      breakers,
      accounts: this.accounts,
      clock: this.clock,
      random: () => 1,
      tracing: { span: () => NO_SPAN },
      figures: {
        record: (...[provider, , outcome]) => void this.counted.push(`${provider} ${outcome}`),
        skip: (...[provider, , reason]) => void this.counted.push(`${provider} not asked: ${reason}`),
      },
      settings: { timeoutMs: 1000, idleTimeoutMs: 500, retries: 1 },
    });
  }

  /** A call of a session that chose this chain for everything. */
  call(...chain: string[]): RoutedCall {
    const selection = Object.fromEntries(ALL.map((capability) => [capability, chain]));
    return { sessionId: 'sess_1', selection, signal: this.abort.signal };
  }

  /** Moves time on, turn by turn, until the work has ended. */
  async inTime<T>(work: Promise<T>, stepMs = 250): Promise<T> {
    const state = { isOver: false };
    const end = (): void => void (state.isOver = true);
    work.then(end, end);
    for (let steps = 0; !state.isOver && steps < 400; steps++) {
      await turn();
      if (!state.isOver) this.clock.advance(stepMs);
    }
    return work;
  }
}

/** The text of an answer, all read. */
export async function heard(source: AsyncIterable<ReplyPart>): Promise<string> {
  let text = '';
  for await (const part of source) if (part.type === 'text') text += part.text;
  return text;
}
